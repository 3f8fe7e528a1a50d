/** A broker and a schema registry in this process, and the folder that they keep their data in. */
package dev.eddy.app.embedded;
