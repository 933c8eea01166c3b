/** How the notebooks show charts and tables. */
package io.headgraft.notebooks;
