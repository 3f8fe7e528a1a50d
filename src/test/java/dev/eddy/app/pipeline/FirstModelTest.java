package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelFile;
import dev.eddy.network.StateLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstModelTest {
  @TempDir Path folder;

  private static ValueInfoProto.Builder value(String name, int values) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder()
            .setElemType(DataType.FLOAT.getNumber())
            .setShape(
                TensorShapeProto.newBuilder()
                    .addDim(Dimension.newBuilder().setDimValue(1))
                    .addDim(Dimension.newBuilder().setDimParam("time"))
                    .addDim(Dimension.newBuilder().setDimValue(values)));
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor));
  }

  private Path modelWithWeightsBeside() throws IOException {
    TensorProto.Builder weights =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(DataType.FLOAT.getNumber())
            .addDims(3)
            .addDims(4)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue("w.bin"));
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("graph")
            .addInput(value("x", 3))
            .addOutput(value("y", 4))
            .addInitializer(weights)
            .addNode(
                NodeProto.newBuilder()
                    .setOpType("MatMul")
                    .addInput("x")
                    .addInput("w")
                    .addOutput("y"));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    Files.write(folder.resolve("w.bin"), new byte[48]);
    return Files.write(folder.resolve("m.onnx"), model.toByteArray());
  }

  @Test
  void shouldNotPublishWhatReadersCannotRead() throws IOException {
    ModelFile file = new ModelFile(modelWithWeightsBeside(), ImportOptions.NONE);
    Model model = file.read();
    StateLayout layout = model.network(KernelBackend.find().kernels()).stateLayout();

    assertThatThrownBy(() -> FirstModel.checked(file, model, layout))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("external data \"w.bin\"")
        .hasMessageEndingWith("what is published must hold all its weights itself");
  }
}
