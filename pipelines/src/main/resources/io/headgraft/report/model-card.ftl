<#macro why name><#if name == "learning-rate"><#if whitened>The trainable layer reads features of which the photos of a label differ as much in every direction: a rate far larger than the usual ones is right. It is that of labels that a user adds<#if slowed>; the others learn slower</#if>.<#elseif standardized>The trainable layer reads standardized features, so that one rate suits all of them.<#else>The trainable layer reads raw features, of very different sizes: keep the rate small.</#if><#elseif name == "mini-batch-size">A user gives a few photos: small batches make many steps of them, and the last one is filled up from the first photos.<#elseif name == "epochs">Few photos have to be seen several times.<#elseif name == "momentum">It makes steps larger by 1 / (1 − momentum): more of it forgets more of what the model knew.<#elseif name == "shuffle">Photos of one label come one after the other otherwise, and the last label wins.<#elseif name == "seed">Decides the order of the photos.<#else>–</#if></#macro>
<#macro value of><#if of?is_string>${of}<#else>${of?c}</#if></#macro>
# Model card: ${cell(model.metadata.description!"image classifier")}

<#if !report.backbone.trained>
> **The backbone has random weights.** Every figure below shows that the chain works, and nothing
> about photos. Do not ship these models.

</#if>
Made by Headgraft${(" " + report.provenance.environment.headgraft)!} in run `${report.run}`, from ${count(report.dataset.train)} training photos.
<#if model.metadata.author??>Author: ${cell(model.metadata.author)}. </#if><#if model.metadata.version??>Version: ${cell(model.metadata.version)}.</#if>

## Files

| File | What it is | Needs at least | Bytes | SHA-256 | Largest difference |
|---|---|---|---:|---|---:|
<#list files as file>
| `${file.name}`<#if file.packaged>, `${file.name?replace(".mlmodel", ".mlpackage")}`</#if> | ${cell(file.model.metadata.description!"")} | ${system(file.model.specificationVersion?c)} | ${count(file.bytes)} | `${file.sha256}` | ${scientific(file.difference)} |
</#list>

Each file was read back and run on ${count(photos)} photos; the last column is the largest difference of a probability from what its head gives in double precision.
<#if halved>
Weights that do not train on the device are stored in half precision.
</#if>
<#list files as file>
<#if file.model.models?has_content && file.model.models?last.examples??>
<#assign knn = file.model.models?last>

`${file.name}` begins with ${count(knn.examples.count)} examples and votes by the nearest of those that it is given: the app may give them any text as a label. Neighbours: <@value knn.hyperparameters[0].defaultValue/> (${knn.hyperparameters[0].allowed()}). Without examples it says "${cell(knn.examples.defaultLabel)}".
</#if>
</#list>

## Intended use

To tell apart photos that show one of the labels below, taken as the training photos were<#if model.updatable>,
and to learn a user's own photos and labels on the device</#if>. The model names one of its labels for every
photo, also for one that shows none of them: an app that has to say "none" needs a label for it, trained with photos of it.

| Label | Test photos | Precision | Recall | F1 |
|---|---:|---:|---:|---:|
<#list metrics.perLabel as label>
| ${cell(label.label)} | ${count(label.support)} | ${decimal(label.precision)} | ${decimal(label.recall)} | ${decimal(label.f1)} |
</#list>

<#if placeholders?has_content>
Besides these, `${first.name}` has the placeholders <#list placeholders as label>${cell(label)}<#sep>, </#list>. They have no photos; their biases keep them silent<#if model.updatable> until an app trains one of them with a user's photos. Do not show them before</#if>.
</#if>

## Input

`${image}`: ${model.inputs[0].type}. Photos were brought to this shape by `${crop}` and turned upright by their EXIF orientation. **The app has to do the same**:
`imageCropAndScaleOption = .${swiftCrop}` in Vision, and the orientation handed over with the image. Another option shows the model other pictures than it was
trained and measured on. The model subtracts the channels' means itself.

## Metrics

Of the trained head, which `${first.name}` holds, not of files with random weights or nearest neighbours. Head: ${headTitle}<#list settings as name, value><#if name?is_first> (</#if>${name} ${cell(value)}<#sep>, </#sep><#if name?is_last>)</#if></#list>.
<#if tested>
Of ${count(metrics.examples)} test photos, which nothing was trained on or chosen by:
<#else>
**There is no test split.** The figures are of ${count(metrics.examples)} held-out photos that settings were chosen by, so they flatter:
</#if>

| Accuracy | 95 % interval | Log-loss | Brier score | Macro F1 | Macro AUC |
|---:|---:|---:|---:|---:|---:|
| ${decimal(metrics.accuracy)} | ${decimal(metrics.accuracyInterval.low)} to ${decimal(metrics.accuracyInterval.high)} | ${decimal(metrics.logLoss)} | ${decimal(metrics.brier)} | ${decimal(metrics.macroF1)} | ${decimal(metrics.macroAuc)} |

<#if confusions?has_content>
Most often confused: <#list confusions as pair>${cell(pair.label)} taken for ${cell(pair.predicted)} (${count(pair.count)})<#sep>; </#list>.
<#else>
None of these photos is taken for another label.
</#if>

## Calibration

Expected calibration error: ${decimal(metrics.ece)} (15 bins).<#if head.temperature??> On held-out photos, dividing the logits by ${decimal(head.temperature.value)} fits best<#if head.temperature.folded>; the weights contain it<#else>; the weights do not contain it<#if head.temperature.value gt 1>, so that the probabilities promise too much</#if></#if>.</#if>
<#if head.reliability?has_content>

| Probability of the predicted label | Photos | Mean probability | Right |
|---|---:|---:|---:|
<#list head.reliability as bin>
<#if bin.count gt 0>
| ${decimal(bin.from)} to ${decimal(bin.to)} | ${count(bin.count)} | ${decimal(bin.meanConfidence)} | ${decimal(bin.accuracy)} |
</#if>
</#list>
</#if>

## Data

| Split | Photos |
|---|---:|
| training | ${count(report.dataset.train)}<#if report.dataset.variants gt 1>, each with ${count(report.dataset.variants - 1)} augmented variants</#if> |
| validation | ${count(report.dataset.validation)} |
| test | ${count(report.dataset.test)} |

Settings were chosen on: ${report.dataset.selectedOn}. <#if report.dataset.rejected?has_content>Files that could not be used: <#list report.dataset.rejected as reason, number>${count(number)} ${reason?lower_case?replace("_", " ")}<#sep>, </#list>.<#else>No file was rejected.</#if>
<#if model.updatable && model.hyperparameters?has_content>

## Training on the device

Trains: <#list trainable as layer>`${layer.name}` (${count(layer.parameters)} parameters)<#sep>, </#list>. All other layers stay as they are.
<#if standardized>
The fixed layer `standardize` brings each feature to mean 0 and deviation 1 by the training photos before the last layer reads it: raw features, all positive and of very different sizes, would make training unstable.
</#if>
<#if whitened>
The fixed layer `whiten` behind it is a matrix from the training photos, behind which the photos of one label differ as much in every direction, so that what tells labels apart is learnt from few photos. It changes nothing of what the model predicts as shipped: the last layer's weights are written in terms of it.
</#if>
<#if slowed>
The fixed layer `gamma` multiplies the logits of the model's own labels by a small number, and their weights are larger for that: the model predicts the same, but these labels learn at a smaller share of the learning rate than those that a user adds, and so are forgotten less. Keep to the rate in the table: it was chosen together with these layers.
</#if>

| Hyper-parameter | Default | Allowed | Why |
|---|---|---|---|
<#list model.hyperparameters as parameter>
| ${parameter.name} | <@value parameter.defaultValue/> | ${cell(parameter.allowed())} | <@why parameter.name/> |
</#list>
</#if>
<#if model.updatable && phone?? && phone.rows?has_content>

## What happens on the phone

Played through before shipping: a label is left out of the model, and a user adds it with a few photos. <#list phone.advice as sentence>${sentence}<#sep> </#list>

| Photos of the new label |<#list phone.kinds as kind> ${cell(kind.name)} |</#list>
|---:|<#list phone.kinds as kind>---:|</#list>
<#list phone.rows as row>
| ${count(row.photos)} |<#list row.cells as found> <#if found.isPresent()>${decimal(found.get().harmonicMean)} (${decimal(found.get().interval.low)} to ${decimal(found.get().interval.high)})<#else>–</#if> |</#list>
</#list>

Harmonic mean of the accuracies on the new and on the old labels, with 95 % intervals, on the ${phone.forecast.testedOn}. What is trained with unless the app says otherwise:

```swift
configuration.parameters = [
<#list model.hyperparameters as parameter>
<#-- Which optimizer it is, is the model's own: Swift has no key for it. -->
<#if parameter.name != "optimizer">
    .${parameterKey(parameter.name)}: <@value parameter.defaultValue/>,
</#if>
</#list>
]
```

<#list phone.forecast.notes as note>${note}<#sep> </#list>
</#if>

## Limits

- The backbone (`${report.backbone.name?replace("^.*[/\\\\]", "", "r")}`) was not trained on these photos: what it does not see, no head can tell apart.
- The figures hold for photos like the test photos. Other cameras, light, backgrounds or people than in the data set were not measured.
<#if metrics.examples lt 500>
- With ${count(metrics.examples)} photos to measure on, the accuracy is known no better than its interval.
</#if>
<#if model.updatable>
- Training on photos of a new label alone makes the model forget the others. Give each update some photos of known labels too, and keep the shipped file to go back to.
- What users train on their devices was not measured, and stays there.
</#if>

## Licence

<#if model.metadata["io.headgraft.backbone-license"]??>Of the backbone (${cell(model.metadata["io.headgraft.backbone-author"]!"author not named")}): ${cell(model.metadata["io.headgraft.backbone-license"])}. </#if><#if model.metadata.license??>Of these models: ${cell(model.metadata.license)}.<#else>None was set for these models (`emit.metadata.license`).</#if>

## Predict

```swift
import CoreML
import Vision

/// The most probable label of a photo, and its probability.
func classify(_ photo: CGImage, orientation: CGImagePropertyOrientation,
              with model: MLModel) throws -> (label: String, probability: Float)? {
    let request = VNCoreMLRequest(model: try VNCoreMLModel(for: model))
    request.imageCropAndScaleOption = .${swiftCrop}
    try VNImageRequestHandler(cgImage: photo, orientation: orientation).perform([request])
    let best = (request.results as? [VNClassificationObservation])?.first
    return best.map { ($0.identifier, $0.confidence) }
}
```

The file's own outputs are `${label}` (the label) and `${probabilities}` (a dictionary from label to probability).
<#if model.updatable>

## Update

```swift
import CoreML
import Vision

/// Trains the compiled model with a user's photos and saves the result.
func update(_ compiledModel: URL, with photos: [(url: URL, label: String)], savingTo updated: URL,
            done: @escaping (Result<Void, Error>) -> Void) throws {
    let model = try MLModel(contentsOf: compiledModel)
    let input = model.modelDescription.inputDescriptionsByName["${swift(image)}"]!.imageConstraint!
    let options: [MLFeatureValue.ImageOption: Any] =
        [.cropAndScale: VNImageCropAndScaleOption.${swiftCrop}.rawValue]
    let examples = try photos.map { photo in
        try MLDictionaryFeatureProvider(dictionary: [
            "${swift(image)}": MLFeatureValue(imageAt: photo.url, constraint: input, options: options),
            "${swift(trainingLabel)}": MLFeatureValue(string: photo.label),
        ])
    }
    let configuration = MLModelConfiguration()
<#list model.hyperparameters as parameter><#if parameter.name == "epochs">
    configuration.parameters = [.epochs: <@value parameter.defaultValue/>]  // ${parameter.allowed()}
</#if></#list>
    let task = try MLUpdateTask(
        forModelAt: compiledModel, trainingData: MLArrayBatchProvider(array: examples),
        configuration: configuration,
        completionHandler: { context in
            guard context.task.state == .completed else {
                return done(.failure(context.task.error ?? CancellationError()))
            }
            done(Result { try context.model.write(to: updated) })
        })
    task.resume()
}
```

`compiledModel` is a `.mlmodelc`: Xcode compiles what is in the app's bundle, `MLModel.compileModel(at:)` what was downloaded. <#if model.labels?has_content>A label has to be one of the model's: a new one of the user takes a placeholder<#if placeholders?has_content>, such as `"${swift(placeholders[0])}"`</#if>, and the app remembers which is whose.<#else>Any text can be a label.</#if>
</#if>

## Provenance

| | |
|---|---|
<#list model.metadata as key, value>
| ${cell(key)} | ${cell(value)} |
</#list>
