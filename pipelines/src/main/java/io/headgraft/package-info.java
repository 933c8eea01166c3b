/**
 * From a folder of labelled photos to an updatable Core ML image classifier. This package holds
 * what all others share: how a run ends, and the failure that a user can mend.
 */
package io.headgraft;
