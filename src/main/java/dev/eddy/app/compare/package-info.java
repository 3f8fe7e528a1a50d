/** What two versions of a model made of the same records, beside each other. */
package dev.eddy.app.compare;
