/**
 * A model: description, weights and identity; read from YAML beside safetensors.
 *
 * <p>The only package below the streams that opens files. Whatever is wrong with one is said in one
 * line, by a {@link dev.eddy.model.ModelException} or a {@link dev.eddy.model.YamlException}.
 */
package dev.eddy.model;
