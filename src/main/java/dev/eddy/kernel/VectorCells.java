package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The element-wise halves of recurrent steps: the vector twin of {@link ScalarCells}, operation by
 * operation.
 *
 * <p>A unit's gates are read once and everything else stays in registers. The last units, where
 * they don't fill a register, are computed with those before them once more, and only the missing
 * ones are stored. Each exponential is written out where it is used: as said at {@link
 * VectorProducts}, a call with a vector as its argument may not be inlined, and would then
 * allocate.
 *
 * <p>A bound is taken on the integers that the floats' magnitudes are, in one instruction where
 * {@code FloatVector.min} needs seven; adding {@link #KEEP_NAN} turns the NaNs, and only those,
 * into negative integers, which a minimum keeps.
 */
final class VectorCells {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  private static final int SIGN = 0x80000000;
  private static final int MAGNITUDE = 0x7fffffff;
  private static final int KEEP_NAN = 0x007fffff; // infinity plus this is the largest integer
  private static final int LOGISTIC_BOUND = Float.floatToRawIntBits(Functions.LOGISTIC_BOUND);
  private static final int EXPM1_BOUND = Float.floatToRawIntBits(Functions.EXPM1_BOUND);

  private VectorCells() {}

  /** See {@link Kernels#lstmCell}. */
  static void lstm(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    if (units < LANES) {
      ScalarCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
      return;
    }
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2 = FloatVector.broadcast(FLOATS, Functions.LN2);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    for (int unit = 0; unit < units; unit += LANES) {
      int at = Math.min(unit, units - LANES);
      int g = gatesOffset + at;

      // input gate: d = 1 + e^-x
      FloatVector xI = FloatVector.fromArray(FLOATS, gates, g).neg();
      IntVector bitsI = xI.reinterpretAsInts();
      FloatVector yI =
          bitsI
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(LOGISTIC_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsI.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sI = yI.fma(log2e, round);
      FloatVector minusI = round.sub(sI);
      FloatVector rI = minusI.fma(ln2Low, minusI.fma(ln2High, yI));
      FloatVector qI = rI.mul(rI);
      FloatVector pI = c6.fma(qI, c5.fma(rI, c4)).fma(qI, c3.fma(rI, c2)).fma(qI, rI);
      FloatVector tI =
          sI.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector dI = tI.fma(pI, tI).add(1f);

      // forget gate
      FloatVector xF = FloatVector.fromArray(FLOATS, gates, g + units).neg();
      IntVector bitsF = xF.reinterpretAsInts();
      FloatVector yF =
          bitsF
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(LOGISTIC_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsF.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sF = yF.fma(log2e, round);
      FloatVector minusF = round.sub(sF);
      FloatVector rF = minusF.fma(ln2Low, minusF.fma(ln2High, yF));
      FloatVector qF = rF.mul(rF);
      FloatVector pF = c6.fma(qF, c5.fma(rF, c4)).fma(qF, c3.fma(rF, c2)).fma(qF, rF);
      FloatVector tF =
          sF.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector dF = tF.fma(pF, tF).add(1f);

      // output gate
      FloatVector xO = FloatVector.fromArray(FLOATS, gates, g + 3 * units).neg();
      IntVector bitsO = xO.reinterpretAsInts();
      FloatVector yO =
          bitsO
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(LOGISTIC_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsO.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sO = yO.fma(log2e, round);
      FloatVector minusO = round.sub(sO);
      FloatVector rO = minusO.fma(ln2Low, minusO.fma(ln2High, yO));
      FloatVector qO = rO.mul(rO);
      FloatVector pO = c6.fma(qO, c5.fma(rO, c4)).fma(qO, c3.fma(rO, c2)).fma(qO, rO);
      FloatVector tO =
          sO.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector dO = tO.fma(pO, tO).add(1f);

      // cell gate: m = e^2x - 1
      FloatVector xG = FloatVector.fromArray(FLOATS, gates, g + 2 * units).mul(2f);
      IntVector bitsG = xG.reinterpretAsInts();
      FloatVector yG =
          bitsG
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(EXPM1_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsG.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sG = yG.fma(log2e, round);
      FloatVector minusG = round.sub(sG);
      FloatVector rG = minusG.fma(ln2, yG);
      FloatVector qG = rG.mul(rG);
      FloatVector pG = c6.fma(qG, c5.fma(rG, c4)).fma(qG, c3.fma(rG, c2)).fma(qG, rG);
      FloatVector tG =
          sG.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector mG = tG.fma(pG, tG.sub(1f));

      FloatVector last = FloatVector.fromArray(FLOATS, c, cOffset + at);
      FloatVector next = last.div(dF).add(mG.div(dI.mul(mG.add(2f))));
      // tanh of the cell state, times the output gate
      FloatVector xC = next.mul(2f);
      IntVector bitsC = xC.reinterpretAsInts();
      FloatVector yC =
          bitsC
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(EXPM1_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsC.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sC = yC.fma(log2e, round);
      FloatVector minusC = round.sub(sC);
      FloatVector rC = minusC.fma(ln2, yC);
      FloatVector qC = rC.mul(rC);
      FloatVector pC = c6.fma(qC, c5.fma(rC, c4)).fma(qC, c3.fma(rC, c2)).fma(qC, rC);
      FloatVector tC =
          sC.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector mC = tC.fma(pC, tC.sub(1f));

      FloatVector out = mC.div(dO.mul(mC.add(2f)));

      if (at < unit) { // the first of these units are done
        VectorMask<Float> fresh = LANE.compare(VectorOperators.GE, unit - at).cast(FLOATS);
        next = last.blend(next, fresh);
        out = FloatVector.fromArray(FLOATS, h, hOffset + at).blend(out, fresh);
      }
      next.intoArray(c, cOffset + at);
      out.intoArray(h, hOffset + at);
    }
  }

  /** See {@link Kernels#gruCell}. */
  static void gru(
      float[] a, int aOffset, float[] b, int bOffset, float[] h, int hOffset, int units) {
    if (units < LANES) {
      ScalarCells.gru(a, aOffset, b, bOffset, h, hOffset, units);
      return;
    }
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2 = FloatVector.broadcast(FLOATS, Functions.LN2);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    for (int unit = 0; unit < units; unit += LANES) {
      int at = Math.min(unit, units - LANES);
      int atA = aOffset + at;
      int atB = bOffset + at;

      // reset gate: d = 1 + e^-x
      FloatVector xR =
          FloatVector.fromArray(FLOATS, a, atA).add(FloatVector.fromArray(FLOATS, b, atB)).neg();
      IntVector bitsR = xR.reinterpretAsInts();
      FloatVector yR =
          bitsR
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(LOGISTIC_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsR.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sR = yR.fma(log2e, round);
      FloatVector minusR = round.sub(sR);
      FloatVector rR = minusR.fma(ln2Low, minusR.fma(ln2High, yR));
      FloatVector qR = rR.mul(rR);
      FloatVector pR = c6.fma(qR, c5.fma(rR, c4)).fma(qR, c3.fma(rR, c2)).fma(qR, rR);
      FloatVector tR =
          sR.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector dR = tR.fma(pR, tR).add(1f);

      // update gate
      FloatVector xZ =
          FloatVector.fromArray(FLOATS, a, atA + units)
              .add(FloatVector.fromArray(FLOATS, b, atB + units))
              .neg();
      IntVector bitsZ = xZ.reinterpretAsInts();
      FloatVector yZ =
          bitsZ
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(LOGISTIC_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsZ.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sZ = yZ.fma(log2e, round);
      FloatVector minusZ = round.sub(sZ);
      FloatVector rZ = minusZ.fma(ln2Low, minusZ.fma(ln2High, yZ));
      FloatVector qZ = rZ.mul(rZ);
      FloatVector pZ = c6.fma(qZ, c5.fma(rZ, c4)).fma(qZ, c3.fma(rZ, c2)).fma(qZ, rZ);
      FloatVector tZ =
          sZ.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector dZ = tZ.fma(pZ, tZ).add(1f);

      // new state: m = e^2x - 1
      FloatVector xN =
          FloatVector.fromArray(FLOATS, a, atA + 2 * units)
              .add(FloatVector.fromArray(FLOATS, b, atB + 2 * units).div(dR))
              .mul(2f);
      IntVector bitsN = xN.reinterpretAsInts();
      FloatVector yN =
          bitsN
              .and(MAGNITUDE)
              .add(KEEP_NAN)
              .min(EXPM1_BOUND + KEEP_NAN)
              .sub(KEEP_NAN)
              .or(bitsN.and(SIGN))
              .reinterpretAsFloats();
      FloatVector sN = yN.fma(log2e, round);
      FloatVector minusN = round.sub(sN);
      FloatVector rN = minusN.fma(ln2, yN);
      FloatVector qN = rN.mul(rN);
      FloatVector pN = c6.fma(qN, c5.fma(rN, c4)).fma(qN, c3.fma(rN, c2)).fma(qN, rN);
      FloatVector tN =
          sN.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector mN = tN.fma(pN, tN.sub(1f));

      FloatVector fresh = mN.div(mN.add(2f));
      FloatVector last = FloatVector.fromArray(FLOATS, h, hOffset + at);
      FloatVector next = fresh.add(last.sub(fresh).div(dZ));

      if (at < unit) { // the first of these units are done
        next = last.blend(next, LANE.compare(VectorOperators.GE, unit - at).cast(FLOATS));
      }
      next.intoArray(h, hOffset + at);
    }
  }
}
