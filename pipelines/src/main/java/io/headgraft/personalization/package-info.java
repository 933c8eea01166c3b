/**
 * On-device training, simulated: what Core ML does with an updatable model, its user's photos and
 * its hyper-parameters, from the model's file alone.
 *
 * <p>{@link io.headgraft.personalization.DeviceTrainer} trains on cached features and knows no
 * files; {@link io.headgraft.personalization.PhoneModel} simulates a whole model.
 */
package io.headgraft.personalization;
