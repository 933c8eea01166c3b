#!/usr/bin/python3
"""Writes layers.txt: layers of the Core ML format, and what PyTorch computes for each of them.

    python3 layers.py > layers.txt

Each case is a small network as text of the format's own messages, the name of its input, and the
values that come out: computed in double precision with PyTorch's functions, or by plain loops
where PyTorch has no such function. Weights and inputs have three decimals, which keeps the file
small; they count as the single-precision numbers nearest to them.
"""

import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(1)
SINGLE, HALF = 'single', 'half'


def single(tensor, decimals=3):
    """The single-precision numbers nearest to those of a few decimals, in double precision."""
    return torch.round(tensor, decimals=decimals).float().double()


def random(*shape):
    return single(torch.randn(*shape, dtype=torch.float64))


class Word(str):
    """An enumeration's value, or another word that takes no quotes."""


def text(value):
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, bytes):
        return '"' + ''.join('\\%03o' % byte for byte in value) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"%s"' % value
    # The shortest text of a single-precision number.
    return str(value) if isinstance(value, int) else str(np.float32(value))


def fields(message):
    parts = []
    for name, value in message.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            parts.append('%s{%s}' % (name, fields(one)) if isinstance(one, dict)
                         else '%s:%s' % (name, text(one)))
    return ' '.join(parts)


def layer(kind, params, inputs='x', outputs='y'):
    message = {'name': outputs.split()[0], 'input': inputs.split(), 'output': outputs.split()}
    return 'layers{%s}' % fields({**message, kind: params})


def weights(tensor, form=SINGLE):
    """Weights that hold a tensor; in half precision it has to be exact."""
    values = tensor.flatten()
    if form == HALF:
        return {'float16Value': values.numpy().astype('<f2').tobytes()}
    return {'floatValue': [float(v) for v in values]}


def half(tensor):
    return tensor.half().double()


def packed(codes, bits):
    """Numbers of a few bits each, in a string of bytes whose highest bits come first."""
    rows = (codes.flatten()[:, None] >> np.arange(bits)[::-1]) & 1
    return np.packbits(rows.astype(np.uint8).flatten()).tobytes()


def linear(shape, bits, axis=None, bias=True):
    """Quantized weights of a shape, and the numbers that they stand for."""
    codes = np.random.RandomState(bits).randint(0, 2 ** bits, shape)
    count = 1 if axis is None else shape[axis]
    scale = single(torch.rand(count, dtype=torch.float64).add(0.1).div(2 ** bits), 6)
    zero = random(count) if bias else torch.zeros(0, dtype=torch.float64)
    sides = [1] * len(shape)
    if axis is not None:
        sides[axis] = count
    values = torch.from_numpy(codes).double() * scale.reshape(sides)
    if bias:
        values = values + zero.reshape(sides)
    parts = {'scale': [float(v) for v in scale], 'bias': [float(v) for v in zero]}
    message = {'rawValue': packed(codes, bits),
               'quantization': {'numberOfBits': bits, 'linearQuantization': parts}}
    return message, values


def table(shape, bits):
    """Weights from a look-up table, and the numbers that they stand for."""
    codes = np.random.RandomState(bits).randint(0, 2 ** bits, shape)
    values = random(2 ** bits)
    lookup = {'floatValue': [float(v) for v in values]}
    message = {'rawValue': packed(codes, bits),
               'quantization': {'numberOfBits': bits, 'lookupTableQuantization': lookup}}
    return message, values[torch.from_numpy(codes)]


def numbers(tensor):
    return ' '.join('%.8g' % v for v in tensor.flatten())


INPUTS = {}


def declare(name, tensor):
    INPUTS[name] = tensor
    values = ' '.join(text(float(v)) for v in tensor.flatten())
    print('input %s %s: %s' % (name, ' '.join(map(str, tensor.shape)), values))
    return tensor


def case(name, input_name, layers, expected):
    expected = expected.reshape(expected.shape[-3:])
    print('case %s\n%s\n%s\noutput %s: %s' % (
        name, input_name, ' '.join(layers), ' '.join(map(str, expected.shape)), numbers(expected)))


A = declare('a', random(4, 7, 6))
P = declare('p', single(torch.rand(4, 7, 6, dtype=torch.float64) + 0.2))
V = declare('v', random(12, 1, 1))
W = declare('w', random(8, 6, 6) * 2)
a, p, v, w = A[None], P[None], V[None], W[None]


def edges(top, bottom, left, right):
    return {'borderAmounts': [{'startEdgeSize': top, 'endEdgeSize': bottom},
                              {'startEdgeSize': left, 'endEdgeSize': right}]}


def valid(*sizes):
    return {'valid': {'paddingAmounts': edges(*sizes)} if sizes else {}}


def same(mode):
    return {'same': {'asymmetryMode': Word(mode)}}


BOTTOM, TOP = 'BOTTOM_RIGHT_HEAVY', 'TOP_LEFT_HEAVY'

# Convolution. Pads are left, right, top, bottom, counted by hand.


def convolution(name, settings, shape, pads=(0, 0, 0, 0), stride=1, dilation=1, groups=1,
                form=SINGLE, message=None, bias=True):
    kernel = random(*shape)
    offset = random(shape[0])
    if form == HALF:
        kernel, offset = half(kernel), half(offset)
    stored = weights(kernel, form)
    if message is not None:
        stored, kernel = message
    params = {'outputChannels': shape[0], 'kernelChannels': shape[1],
              'kernelSize': list(shape[2:]), **settings, 'hasBias': bias, 'weights': stored}
    if bias:
        params['bias'] = weights(offset, form)
    out = F.conv2d(F.pad(a, pads), kernel, offset if bias else None, stride, 0, dilation, groups)
    case('convolution: ' + name, 'a', [layer('convolution', params)], out)
    if message is None and form == SINGLE:
        case('convolution and ReLU: ' + name, 'a',
             [layer('convolution', params, 'x', 'c'), layer('activation', {'ReLU': {}}, 'c')],
             F.relu(out))
    if name == 'wide borders':
        relu = layer('activation', {'ReLU': {}}, 'c', 'r')
        case('convolution and ReLU: read by another layer', 'a',
             [layer('convolution', params, 'x', 'c'), relu, layer('concat', {}, 'c r')],
             torch.cat([out, F.relu(out)], 1))
    if name == 'one pixel':
        relu = layer('activation', {'ReLU': {}}, 'x', 'r')
        case('convolution and ReLU: of another layer', 'a',
             [layer('convolution', params, 'x', 'c'), relu, layer('concat', {}, 'c r')],
             torch.cat([out, F.relu(a)], 1))


convolution('plain', valid(), (5, 4, 3, 3))
convolution('no bias', valid(), (5, 4, 3, 3), bias=False)
convolution('one pixel', valid(), (5, 4, 1, 1))
convolution('strides', {**valid(), 'stride': [2, 3]}, (5, 4, 2, 3), stride=(2, 3))
convolution('dilation', {**valid(), 'dilationFactor': [2, 3]}, (5, 4, 3, 2), dilation=(2, 3))
convolution('groups', {**valid(), 'nGroups': 2}, (6, 2, 3, 3), groups=2)
convolution('each channel alone', {**valid(1, 1, 1, 1), 'nGroups': 4}, (4, 1, 3, 3),
            pads=(1, 1, 1, 1), groups=4)
convolution('groups and dilation', {**valid(2, 2, 2, 2), 'nGroups': 2, 'dilationFactor': [2, 2]},
            (4, 2, 3, 3), pads=(2, 2, 2, 2), dilation=2, groups=2)
convolution('wide borders', valid(2, 2, 2, 2), (5, 4, 3, 3), pads=(2, 2, 2, 2))
convolution('uneven borders', valid(1, 2, 0, 3), (5, 4, 3, 3), pads=(0, 3, 1, 2))
convolution('same, bottom right', {**same(BOTTOM), 'stride': [2, 2]}, (5, 4, 4, 3),
            pads=(0, 1, 1, 2), stride=2)
convolution('same, top left', {**same(TOP), 'stride': [2, 2]}, (5, 4, 4, 3),
            pads=(1, 0, 2, 1), stride=2)
convolution('same, dilation', {**same(BOTTOM), 'dilationFactor': [2, 1]}, (5, 4, 2, 3),
            pads=(1, 1, 1, 1), dilation=(2, 1))
convolution('half precision', valid(), (5, 4, 3, 3), form=HALF)
for bits in range(1, 9):
    convolution('%d bits, a scale for each channel' % bits, valid(), (5, 4, 3, 3),
                message=linear((5, 4, 3, 3), bits, axis=0))
convolution('8 bits, one scale, no bias', valid(), (5, 4, 3, 3),
            message=linear((5, 4, 3, 3), 8, bias=False))
for bits in (1, 3, 4, 8):
    convolution('%d bits, table' % bits, valid(), (5, 4, 2, 2), message=table((5, 4, 2, 2), bits))

# Deconvolution: PyTorch's without padding, then cut to rows and columns counted by hand.


def deconvolution(name, settings, shape, rows, columns, stride=1, groups=1, extra=0, message=None):
    kernel = random(*shape)
    offset = random(shape[1] * groups)
    stored = weights(kernel)
    if message is not None:
        stored, kernel = message
    params = {'isDeconvolution': True, 'outputChannels': shape[1] * groups,
              'kernelChannels': shape[0], 'kernelSize': list(shape[2:]), **settings,
              'hasBias': True, 'weights': stored, 'bias': weights(offset)}
    out = F.conv_transpose2d(a, kernel, offset, stride, 0, extra, groups)
    case('deconvolution: ' + name, 'a', [layer('convolution', params)],
         out[:, :, rows[0]:rows[1], columns[0]:columns[1]])


deconvolution('plain', valid(), (4, 3, 3, 3), (0, 9), (0, 8))
deconvolution('strides', {**valid(), 'stride': [2, 3]}, (4, 3, 3, 2), (0, 15), (0, 17),
              stride=(2, 3))
deconvolution('groups', {**valid(), 'stride': [2, 2], 'nGroups': 2}, (4, 3, 3, 3), (0, 15),
              (0, 13), stride=2, groups=2)
deconvolution('dilation, which is ignored', {**valid(), 'dilationFactor': [2, 2]}, (4, 3, 3, 3),
              (0, 9), (0, 8))
deconvolution('borders', {**valid(1, 2, 0, 3), 'stride': [2, 2]}, (4, 3, 4, 4), (1, 14), (0, 11),
              stride=2)
deconvolution('same, bottom right', {**same(BOTTOM), 'stride': [2, 2]}, (4, 3, 3, 5), (0, 14),
              (1, 13), stride=2)
deconvolution('same, top left', {**same(TOP), 'stride': [2, 2]}, (4, 3, 3, 5), (1, 15), (2, 14),
              stride=2)
deconvolution('same, stride beyond the kernel', {**same(BOTTOM), 'stride': [3, 3]}, (4, 3, 2, 2),
              (0, 21), (0, 18), stride=3, extra=1)
deconvolution('output shape', {**valid(), 'stride': [2, 2], 'outputShape': [13, 14]},
              (4, 3, 4, 4), (1, 14), (0, 14), stride=2)
deconvolution('6 bits, a scale for each channel', valid(), (4, 3, 3, 3), (0, 9), (0, 8),
              message=linear((4, 3, 3, 3), 6, axis=1))


def grouped():
    codes = np.random.RandomState(5).randint(0, 32, (4, 3, 2, 2))
    scale = single(torch.rand(6, dtype=torch.float64) / 32 + 0.001, 6)
    # The first two input channels make the outputs 0 to 2, the other two 3 to 5.
    each = torch.stack([scale[:3], scale[:3], scale[3:], scale[3:]])[:, :, None, None]
    parts = {'scale': [float(s) for s in scale]}
    return ({'rawValue': packed(codes, 5),
             'quantization': {'numberOfBits': 5, 'linearQuantization': parts}},
            torch.from_numpy(codes).double() * each)


deconvolution('5 bits, a scale for each channel, groups', {**valid(), 'nGroups': 2}, (4, 3, 2, 2),
              (0, 8), (0, 7), groups=2, message=grouped())

# Pooling, by loops: borders are top, bottom, left, right, and the output's size is counted by hand.


def pooled(kind, kernel, stride, borders, size, exclude):
    top, bottom, left, right = borders
    channels, height, width = A.shape
    out = torch.zeros(channels, *size, dtype=torch.float64)
    for y in range(size[0]):
        for x in range(size[1]):
            start = y * stride[0] - top, x * stride[1] - left
            end = min(start[0] + kernel[0], height + bottom), min(start[1] + kernel[1],
                                                                  width + right)
            inner = A[:, max(0, start[0]):min(height, end[0]), max(0, start[1]):min(width, end[1])]
            if kind == 'MAX':
                out[:, y, x] = inner.amax((1, 2))
            elif kind == 'L2':
                out[:, y, x] = inner.square().sum((1, 2)).sqrt()
            else:
                count = (inner[0].numel() if exclude
                         else (end[0] - start[0]) * (end[1] - start[1]))
                out[:, y, x] = inner.sum((1, 2)) / count
    return out


def last_pixel(rows, columns):
    return {'includeLastPixel': {'paddingAmounts': [rows, columns]}}


def pooling(name, padding, kernel, stride, borders, size):
    for kind in ('MAX', 'AVERAGE', 'L2'):
        for exclude in (False, True) if kind == 'AVERAGE' else (False,):
            params = {'type': Word(kind), 'kernelSize': kernel, 'stride': stride, **padding,
                      'avgPoolExcludePadding': exclude}
            case('pooling %s: %s%s' % (kind, name, ', border excluded' if exclude else ''), 'a',
                 [layer('pooling', params)], pooled(kind, kernel, stride, borders, size, exclude))


pooling('valid', valid(), [3, 3], [2, 2], (0, 0, 0, 0), (3, 2))
pooling('overlapping', valid(), [3, 2], [1, 1], (0, 0, 0, 0), (5, 5))
pooling('strides beyond the kernel', valid(), [1, 2], [3, 4], (0, 0, 0, 0), (3, 2))
pooling('borders', valid(1, 1, 1, 1), [3, 3], [2, 2], (1, 1, 1, 1), (4, 3))
pooling('uneven borders', valid(1, 0, 0, 2), [3, 3], [2, 1], (1, 0, 0, 2), (3, 6))
pooling('same, bottom right', same(BOTTOM), [4, 3], [2, 2], (1, 2, 0, 1), (4, 3))
pooling('same, top left', same(TOP), [4, 3], [2, 2], (2, 1, 1, 0), (4, 3))
pooling('last pixel', last_pixel(0, 0), [3, 3], [3, 2], (0, 0, 0, 0), (3, 3))
pooling('last pixel, borders', last_pixel(1, 1), [3, 3], [2, 2], (1, 1, 1, 1), (4, 4))
pooling('last pixel, a window behind the image left out', last_pixel(1, 1), [2, 2], [4, 5],
        (1, 1, 1, 1), (2, 2))
for kind, out in (('MAX', A.amax((1, 2), True)), ('AVERAGE', A.mean((1, 2), True)),
                  ('L2', A.square().sum((1, 2), True).sqrt())):
    case('pooling %s: global' % kind, 'a',
         [layer('pooling', {'type': Word(kind), 'globalPooling': True, **valid()})], out)

# Inner product.


def inner_product(name, stored, matrix, offset=None, form=SINGLE):
    params = {'inputChannels': matrix.shape[1], 'outputChannels': matrix.shape[0],
              'weights': stored}
    if offset is not None:
        params.update({'hasBias': True, 'bias': weights(offset, form)})
    out = F.linear(a.flatten(1), matrix, offset)
    case('inner product: ' + name, 'a', [layer('innerProduct', params)],
         out.reshape(-1, 1, 1))


MATRIX = random(5, 168)
inner_product('plain', weights(MATRIX), MATRIX, random(5))
inner_product('no bias', weights(MATRIX), MATRIX)
inner_product('half precision', weights(half(MATRIX), HALF), half(MATRIX), half(random(5)), HALF)
inner_product('7 bits, a scale for each output', *linear((5, 168), 7, axis=0), random(5))
inner_product('2 bits, table', *table((5, 168), 2), random(5))

# Normalizations.


def each(tensor):
    return tensor[:, None, None]


GAMMA, BETA, MEAN = random(4), random(4), random(4)
VARIANCE = single(torch.rand(4, dtype=torch.float64) + 0.01)
AFFINE = {'channels': 4, 'gamma': weights(GAMMA), 'beta': weights(BETA)}
STORED = {**AFFINE, 'mean': weights(MEAN), 'variance': weights(VARIANCE)}


def batch_normalized(epsilon):
    return F.batch_norm(a, MEAN, VARIANCE, GAMMA, BETA, eps=epsilon)


case('batch normalization: default epsilon', 'a', [layer('batchnorm', STORED)],
     batch_normalized(1e-5))
case('batch normalization: epsilon', 'a', [layer('batchnorm', {**STORED, 'epsilon': 0.25})],
     batch_normalized(0.25))
HALVES = [half(t) for t in (GAMMA, BETA, MEAN, VARIANCE)]
case('batch normalization: half precision', 'a',
     [layer('batchnorm', {'channels': 4, 'gamma': weights(HALVES[0], HALF),
                          'beta': weights(HALVES[1], HALF), 'mean': weights(HALVES[2], HALF),
                          'variance': weights(HALVES[3], HALF)})],
     F.batch_norm(a, HALVES[2], HALVES[3], HALVES[0], HALVES[1], eps=1e-5))
for instance in (False, True):
    case('batch normalization: computed%s' % (', instance' if instance else ''), 'a',
         [layer('batchnorm', {**AFFINE, 'computeMeanVar': True, 'instanceNormalization': instance,
                              'epsilon': 0.001})],
         F.instance_norm(a, weight=GAMMA, bias=BETA, eps=0.001))
case('batch normalization: instance alone changes nothing', 'a',
     [layer('batchnorm', {**STORED, 'instanceNormalization': True})], batch_normalized(1e-5))
for across in (False, True):
    for variance in (False, True):
        for epsilon in (0, 0.5):
            axes = (1, 2, 3) if across else (2, 3)
            out = a - a.mean(axes, True)
            if variance:
                out = out / torch.sqrt(a.var(axes, False, True) + (epsilon or 1e-6))
            case('mean-variance normalization: %s, %s, epsilon %g' % (
                'all channels' if across else 'each channel',
                'variance' if variance else 'mean alone', epsilon), 'a',
                 [layer('mvn', {'acrossChannels': across, 'normalizeVariance': variance,
                                'epsilon': epsilon})], out)
for epsilon in (0, 2):
    case('L2 normalization: epsilon %g' % epsilon, 'a', [layer('l2normalize', {'epsilon': epsilon})],
         a / torch.sqrt(a.square().sum() + (epsilon or 1e-6)))
case('softmax: pixels', 'a', [layer('softmax', {})], F.softmax(a, 1))
case('softmax: vector', 'v', [layer('softmax', {})], F.softmax(v, 1))
for size, k in ((3, 0), (2, 0), (3, 2.5), (5, 1), (11, 1)):
    case('LRN: %d channels, k %g' % (size, k), 'a',
         [layer('lrn', {'alpha': 0.8, 'beta': 0.75, 'localSize': size, 'k': k})],
         F.local_response_norm(a, size, 0.8, 0.75, k or 1))

# Activations and unary functions.


def activation(name, params, out):
    case('activation: ' + name, 'a', [layer('activation', params)], out)


SLOPES, BETAS = random(4), random(4)
activation('linear', {'linear': {'alpha': -2.5, 'beta': 0.75}}, -2.5 * a + 0.75)
activation('ReLU', {'ReLU': {}}, F.relu(a))
activation('leaky ReLU', {'leakyReLU': {'alpha': 0.25}}, F.leaky_relu(a, 0.25))
activation('thresholded ReLU', {'thresholdedReLU': {'alpha': 0.5}}, torch.where(a >= 0.5, a, 0.))
activation('PReLU, each channel', {'PReLU': {'alpha': weights(SLOPES)}}, F.prelu(a, SLOPES))
activation('PReLU, shared', {'PReLU': {'alpha': weights(SLOPES[:1])}}, F.prelu(a, SLOPES[:1]))
activation('tanh', {'tanh': {}}, torch.tanh(a))
activation('scaled tanh', {'scaledTanh': {'alpha': 1.75, 'beta': 0.625}},
           1.75 * torch.tanh(0.625 * a))
activation('sigmoid', {'sigmoid': {}}, torch.sigmoid(a))
activation('hard sigmoid', {'sigmoidHard': {'alpha': 0.25, 'beta': 0.5}},
           torch.clamp(0.25 * a + 0.5, 0, 1))
activation('ELU', {'ELU': {'alpha': 1.5}}, F.elu(a, 1.5))
activation('softsign', {'softsign': {}}, F.softsign(a))
activation('softplus', {'softplus': {}}, F.softplus(a))
activation('parametric softplus, each channel',
           {'parametricSoftplus': {'alpha': weights(SLOPES), 'beta': weights(BETAS)}},
           each(SLOPES) * torch.log(1 + torch.exp(each(BETAS) * a)))
activation('parametric softplus, shared',
           {'parametricSoftplus': {'alpha': weights(SLOPES[:1]), 'beta': weights(BETAS[:1])}},
           SLOPES[0] * torch.log(1 + torch.exp(BETAS[0] * a)))

for scale, shift in ((0, 0), (2, 0.5)):
    t = (scale or 1) * p + shift
    for name, params, out in (
            ('SQRT', {}, t.sqrt()), ('RSQRT', {}, 1 / torch.sqrt(t + 1e-6)),
            ('RSQRT', {'epsilon': 0.5}, 1 / torch.sqrt(t + 0.5)),
            ('INVERSE', {}, 1 / (t + 1e-6)), ('INVERSE', {'epsilon': 0.5}, 1 / (t + 0.5)),
            ('POWER', {'alpha': 1.75}, t ** 1.75), ('POWER', {'alpha': -2}, t ** -2.),
            ('EXP', {}, t.exp()), ('LOG', {}, t.log()), ('ABS', {}, t.abs()),
            ('THRESHOLD', {'alpha': 0.75}, t.clamp(min=0.75))):
        case('unary %s: %s' % (name, fields({**params, 'scale': scale, 'shift': shift})), 'p',
             [layer('unary', {'type': Word(name), **params, 'scale': scale, 'shift': shift})], out)
case('unary ABS: signed', 'a', [layer('unary', {'type': Word('ABS'), 'scale': -3})],
     (-3 * a).abs())

# Several inputs. Constants are loaded.


def constant(tensor, name='c'):
    return layer('loadConstant', {'shape': list(tensor.shape), 'data': weights(tensor)}, '', name)


CONSTANTS = {'all': random(4, 7, 6), 'channels': random(4, 1, 1), 'pixels': random(1, 7, 6),
             'one': random(1, 1, 1), 'rows': random(1, 7, 1)}
case('load constant: alone', 'a', [constant(CONSTANTS['pixels'], 'y')], CONSTANTS['pixels'])
message, values = linear((3, 2, 2), 5, axis=0)
case('load constant: 5 bits', 'a',
     [layer('loadConstant', {'shape': [3, 2, 2], 'data': message}, '', 'y')], values)
for name, kind, function in (
        ('add', 'add', torch.add), ('multiply', 'multiply', torch.mul),
        ('average', 'average', lambda s, t: (s + t) / 2), ('max', 'max', torch.maximum),
        ('min', 'min', torch.minimum)):
    for sides, tensor in CONSTANTS.items():
        case('%s: %s' % (name, sides), 'a', [constant(tensor), layer(kind, {}, 'x c')],
             function(a, tensor))
    case('%s: first is smaller' % name, 'a',
         [constant(CONSTANTS['channels']), layer(kind, {}, 'c x')], function(a, each(
             CONSTANTS['channels'].flatten())))
THREE = [constant(CONSTANTS['all']), constant(CONSTANTS['channels'], 'd')]
S, T = CONSTANTS['all'], CONSTANTS['channels']
case('add: three', 'a', THREE + [layer('add', {}, 'x c d')], a + S + T)
case('multiply: three', 'a', THREE + [layer('multiply', {}, 'x c d')], a * S * T)
case('average: three', 'a', THREE + [layer('average', {}, 'x c d')], (a + S + T) / 3)
case('max: three', 'a', THREE + [layer('max', {}, 'x c d')],
     torch.maximum(torch.maximum(a, S), T))
case('min: three', 'a', THREE + [layer('min', {}, 'x c d')],
     torch.minimum(torch.minimum(a, S), T))
case('average: alone', 'a', [layer('average', {})], a)
case('max: alone', 'a', [layer('max', {})], a)
case('add: alpha', 'a', [layer('add', {'alpha': 1.25})], a + 1.25)
case('multiply: alpha', 'a', [layer('multiply', {'alpha': -0.75})], -0.75 * a)
OTHER = random(12, 1, 1)
for cosine in (False, True):
    case('dot: %s' % ('cosine' if cosine else 'product'), 'v',
         [constant(OTHER), layer('dot', {'cosineSimilarity': cosine}, 'x c')],
         (F.cosine_similarity(v, OTHER[None]) if cosine else (v * OTHER).sum()).reshape(1, 1, 1))
case('concat: three', 'a',
     [constant(CONSTANTS['pixels']), layer('concat', {}, 'x c x')],
     torch.cat([a, CONSTANTS['pixels'][None], a], 1))
case('split: two, joined the other way round', 'a',
     [layer('split', {'nOutputs': 2}, 'x', 's t'), layer('concat', {}, 't s')],
     torch.cat([a[:, 2:], a[:, :2]], 1))
case('split: four, one used', 'a',
     [layer('split', {'nOutputs': 4}, 'x', 's t u z'), layer('activation', {'linear': {'alpha': 2}},
                                                             'u')], 2 * a[:, 2:3])

# Scale and bias.

for name, shape in (('one', [1]), ('channels', [4]), ('pixels', [1, 7, 6]), ('all', [4, 7, 6]),
                    ('channels of one pixel', [4, 1, 1])):
    factor, summand = random(*shape), random(*shape)
    sides = [shape[0], 1, 1] if len(shape) == 1 else shape
    f, s = factor.reshape(sides), summand.reshape(sides)
    case('scale: %s' % name, 'a',
         [layer('scale', {'shapeScale': shape, 'scale': weights(factor)})], a * f)
    case('scale: %s, biases' % name, 'a',
         [layer('scale', {'shapeScale': shape, 'scale': weights(factor), 'hasBias': True,
                          'shapeBias': shape, 'bias': weights(summand)})], a * f + s)
    case('bias: %s' % name, 'a', [layer('bias', {'shape': shape, 'bias': weights(summand)})],
         a + s)
message, values = linear((4, 7, 6), 6, axis=0)
case('scale: 6 bits, a scale for each channel', 'a',
     [layer('scale', {'shapeScale': [4, 7, 6], 'scale': message})], a * values)

# Borders and sizes.

for name, params, mode in (
        ('constant', {'constant': {'value': -1.5}}, {'mode': 'constant', 'value': -1.5}),
        ('reflection', {'reflection': {}}, {'mode': 'reflect'}),
        ('replication', {'replication': {}}, {'mode': 'replicate'})):
    case('padding: ' + name, 'a',
         [layer('padding', {**params, 'paddingAmounts': edges(1, 2, 3, 0)})],
         F.pad(a, (3, 0, 1, 2), **mode))
    case('padding: %s, none' % name, 'a', [layer('padding', params)], a)
case('crop: borders', 'a', [layer('crop', {'cropAmounts': edges(1, 2, 0, 3)})], a[:, :, 1:5, :3])
case('crop: like another', 'a',
     [constant(random(2, 3, 4)), layer('crop', {'offset': [2, 1]}, 'x c')], a[:, :, 2:5, 1:5])


def interpolated(x, axis, size):
    """By the format's own formula for its default mode."""
    length = x.shape[axis]
    spacing = (length - length / size) / (size - 1) if size > 1 else 0.
    out = []
    for i in range(size):
        point = min(length - 1., max(0., i * spacing))
        lower = int(point)
        upper = min(length - 1, lower + 1)
        out.append(x.select(axis, lower) * (1 - point + lower)
                   + x.select(axis, upper) * (point - lower))
    return torch.stack(out, axis)


def upsample(name, params, size):
    case('upsample: %s, nearest' % name, 'a', [layer('upsample', params)],
         F.interpolate(a, size, mode='nearest'))
    bilinear = {**params, 'mode': Word('BILINEAR')}
    case('upsample: %s, bilinear' % name, 'a', [layer('upsample', bilinear)],
         interpolated(interpolated(a, 2, size[0]), 3, size[1]))
    for corners in (True, False):
        mode = Word('ALIGN_CORNERS_' + str(corners).upper())
        case('upsample: %s, bilinear, %s' % (name, mode), 'a',
             [layer('upsample', {**bilinear, 'linearUpsampleMode': mode})],
             F.interpolate(a, size, mode='bilinear', align_corners=corners))


upsample('whole', {'scalingFactor': [2, 3]}, (14, 18))
upsample('rows alone', {'scalingFactor': [2, 1]}, (14, 6))
upsample('fractions', {'fractionalScalingFactor': [1.5, 2.25]}, (10, 13))
upsample('fewer', {'fractionalScalingFactor': [0.5, 0.25]}, (3, 1))
upsample('default', {}, (7, 6))

# Reductions.

AXES = {'CHW': (1, 2, 3), 'HW': (2, 3), 'C': (1,), 'H': (2,), 'W': (3,)}


def product(x, axes):
    for axis in axes:
        x = x.prod(axis, True)
    return x


for axis, dims in AXES.items():
    for mode, out in (
            ('SUM', p.sum(dims, True)), ('AVG', p.mean(dims, True)), ('PROD', product(p, dims)),
            ('LOGSUM', torch.log(p + 1e-6).sum(dims, True)),
            ('SUMSQUARE', p.square().sum(dims, True)), ('L1', (p).abs().sum(dims, True)),
            ('L2', p.square().sum(dims, True).sqrt()), ('MAX', p.amax(dims, True)),
            ('MIN', p.amin(dims, True))):
        case('reduce %s: %s' % (mode, axis), 'p',
             [layer('reduce', {'mode': Word(mode), 'axis': Word(axis)})], out)
    if len(dims) == 1:
        case('reduce ARGMAX: %s' % axis, 'p',
             [layer('reduce', {'mode': Word('ARGMAX'), 'axis': Word(axis)})],
             p.argmax(dims[0], True).double())
for mode, out in (('L1', a.abs().sum((2, 3), True)), ('MIN', a.amin((2, 3), True)),
                  ('PROD', product(a, (1,)))):
    axis = 'C' if mode == 'PROD' else 'HW'
    case('reduce %s: %s, signed' % (mode, axis), 'a',
         [layer('reduce', {'mode': Word(mode), 'axis': Word(axis)})], out)
case('reduce LOGSUM: HW, epsilon', 'p',
     [layer('reduce', {'mode': Word('LOGSUM'), 'axis': Word('HW'), 'epsilon': 0.5})],
     torch.log(p + 0.5).sum((2, 3), True))

# Rearrangements.

LAST = A.permute(1, 2, 0)
case('flatten: channel first', 'a', [layer('flatten', {})], A.reshape(-1, 1, 1))
case('flatten: channel last', 'a', [layer('flatten', {'mode': Word('CHANNEL_LAST')})],
     LAST.reshape(-1, 1, 1))
case('reshape: channel first', 'a', [layer('reshape', {'targetShape': [6, 4, 7]})],
     A.reshape(6, 4, 7))
case('reshape: channel first, four sides', 'a', [layer('reshape', {'targetShape': [1, 2, 1, 84]})],
     A.reshape(2, 1, 84))
case('reshape: channel last', 'a',
     [layer('reshape', {'targetShape': [6, 4, 7], 'mode': Word('CHANNEL_LAST')})],
     LAST.reshape(4, 7, 6).permute(2, 0, 1))
for axes in ((0, 1, 2, 3), (0, 1, 3, 2), (0, 2, 1, 3), (0, 2, 3, 1), (0, 3, 1, 2), (0, 3, 2, 1)):
    case('permute: %d %d %d' % axes[1:], 'a', [layer('permute', {'axis': list(axes)})],
         a.permute(axes))

# Blocks of networks.


class Network:
    """Layers in a row, and what they make of an input; each layer is named by its number."""

    def __init__(self, x):
        self.layers, self.value, self.name = [], x, 'x'

    def add(self, kind, params, value, also=''):
        name = 'l%d' % len(self.layers)
        self.layers.append(layer(kind, params, (self.name + ' ' + also).strip(), name))
        self.value, self.name = value, name

    def convolve(self, outputs, size, groups=1, stride=1):
        inputs = self.value.shape[1] // groups
        kernel = single(random(outputs, inputs, size, size) / (inputs * size * size) ** 0.5)
        x, pads = self.value, size - 1
        if stride == 2:
            # Of six pixels, three windows of three leave one pixel to be added, at the end.
            x, pads = F.pad(x, (0, 1, 0, 1)), 0
        self.add('convolution',
                 {'outputChannels': outputs, 'kernelChannels': inputs, 'nGroups': groups,
                  'kernelSize': [size, size], 'stride': [stride, stride], **same(BOTTOM),
                  'weights': weights(kernel)},
                 F.conv2d(x, kernel, stride=stride, padding=pads // 2, groups=groups))
        self.normalize()

    def normalize(self):
        count = self.value.shape[1]
        gamma, beta, mean = random(count), random(count), random(count)
        variance = single(torch.rand(count, dtype=torch.float64) + 0.1)
        self.add('batchnorm',
                 {'channels': count, 'gamma': weights(gamma), 'beta': weights(beta),
                  'mean': weights(mean), 'variance': weights(variance), 'epsilon': 0.001},
                 F.batch_norm(self.value, mean, variance, gamma, beta, eps=0.001))

    def relu(self):
        self.add('activation', {'ReLU': {}}, F.relu(self.value))

    def relu6(self):
        """As converters write it: the format's first versions have no clip."""
        out = F.relu6(self.value)
        self.relu()
        self.add('unary', {'type': Word('THRESHOLD'), 'alpha': -6, 'scale': -1}, None)
        self.add('activation', {'linear': {'alpha': -1}}, out)

    def classify(self, classes):
        channels = self.value.shape[1]
        self.add('pooling', {'type': Word('AVERAGE'), 'globalPooling': True, **valid()},
                 self.value.mean((2, 3), True))
        self.add('flatten', {}, self.value)
        matrix, offset = random(classes, channels), random(classes)
        self.add('innerProduct',
                 {'inputChannels': channels, 'outputChannels': classes, 'hasBias': True,
                  'weights': weights(matrix), 'bias': weights(offset)},
                 F.linear(self.value.flatten(1), matrix, offset)[:, :, None, None])
        self.add('softmax', {}, F.softmax(self.value, 1))


net = Network(w)
net.convolve(4, 1)
net.relu()
net.convolve(4, 3)
net.relu()
net.convolve(8, 1)
net.add('add', {}, net.value + w, 'x')
net.relu()
case('network: residual bottleneck', 'w', net.layers, net.value)
net.convolve(12, 3, stride=2)
net.relu()
net.classify(5)
case('network: residual classifier', 'w', net.layers, net.value)

net = Network(w)
net.convolve(16, 1)
net.relu6()
net.convolve(16, 3, groups=16)
net.relu6()
net.convolve(8, 1)
net.add('add', {}, net.value + w, 'x')
case('network: inverted residual', 'w', net.layers, net.value)
net.convolve(24, 1)
net.relu6()
net.convolve(24, 3, groups=24, stride=2)
net.relu6()
net.classify(5)
case('network: inverted residual classifier', 'w', net.layers, net.value)
