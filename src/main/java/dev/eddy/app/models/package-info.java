/** The commands on a models topic. */
package dev.eddy.app.models;
