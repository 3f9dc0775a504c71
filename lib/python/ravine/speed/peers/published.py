"""PyTorch's side of the published networks: modules as its users write them, layer by layer.

Each has the shapes and numbers of multiplications of ravine's problem of that name.
"""


def lenet5(torch):
    nn = torch.nn
    return nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, 10))


def deepobs_2c2d(torch):
    nn = torch.nn
    return nn.Sequential(nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(3136, 1024), nn.ReLU(), nn.Linear(1024, 10))


def deepobs_3c3d(torch):
    """TensorFlow's "same" pooling of 3, stride 2: 28 to 14, 12 to 6, 6 to 3."""
    nn = torch.nn

    def pool():
        return nn.MaxPool2d(3, stride=2, ceil_mode=True)

    return nn.Sequential(nn.Conv2d(3, 64, 5), nn.ReLU(), pool(), nn.Conv2d(64, 96, 3), nn.ReLU(), pool(),
                         nn.Conv2d(96, 128, 3, padding=1), nn.ReLU(), pool(), nn.Flatten(),
                         nn.Linear(1152, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(),
                         nn.Linear(256, 10))


def resnet8(torch):
    nn = torch.nn

    class Block(nn.Module):
        """He et al. (2015): shortcuts without parameters (option A)."""

        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
            self.stride, self.more = stride, outputs - inputs

        def forward(self, x):
            shortcut = x
            if self.more:
                shortcut = nn.functional.pad(x[:, :, ::self.stride, ::self.stride],
                                             (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))
            return torch.relu(self.body(x) + shortcut)

    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
                         Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def transformer(torch, vocabulary=65, context=64, width=128, heads=4, layers=4):
    """nanoGPT's small configuration: no biases, tied output weights."""
    nn = torch.nn
    f = nn.functional

    def norm():
        layer = nn.LayerNorm(width)
        layer.bias = None
        return layer

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norms = nn.ModuleList(norm() for _ in range(2))
            self.qkv = nn.Linear(width, 3 * width, bias=False)
            self.out = nn.Linear(width, width, bias=False)
            self.up = nn.Linear(width, 4 * width, bias=False)
            self.down = nn.Linear(4 * width, width, bias=False)
            self.register_buffer("mask", torch.ones(context, context).tril() == 0)

        def attend(self, x):
            batch, positions, _ = x.shape
            q, k, v = (part.view(batch, positions, heads, -1).transpose(1, 2)
                       for part in self.qkv(x).split(width, dim=2))
            scores = (q @ k.transpose(2, 3)) * (width // heads) ** -0.5
            weights = scores.masked_fill(self.mask, float("-inf")).softmax(3)
            return self.out((weights @ v).transpose(1, 2).reshape(batch, positions, width))

        def forward(self, x):
            x = x + self.attend(self.norms[0](x))
            return x + self.down(f.gelu(self.up(self.norms[1](x)), approximate="tanh"))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens = nn.Embedding(vocabulary, width)
            self.places = nn.Parameter(0.02 * torch.randn(context, width))
            self.blocks = nn.Sequential(*(Block() for _ in range(layers)))
            self.norm = norm()

        def forward(self, x):
            h = self.norm(self.blocks(self.tokens(x) + self.places))
            return (h @ self.tokens.weight.T).flatten(0, 1)

    return Model()


def lstm(torch, vocabulary=65, width=128):
    """One recurrent layer between an embedding and outputs; the second of PyTorch's two biases stays 0."""
    nn = torch.nn

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens = nn.Embedding(vocabulary, width)
            self.cell = nn.LSTM(width, width, batch_first=True)
            nn.init.zeros_(self.cell.bias_hh_l0).requires_grad_(False)
            self.outputs = nn.Linear(width, vocabulary)

        def forward(self, x):
            return self.outputs(self.cell(self.tokens(x))[0]).flatten(0, 1)

    return Model()


NETWORKS = {"lenet5": (lenet5, (1, 28, 28)), "deepobs_2c2d": (deepobs_2c2d, (1, 28, 28)),
            "deepobs_3c3d": (deepobs_3c3d, (3, 32, 32)), "resnet8": (resnet8, (3, 32, 32)),
            "char_lm": (transformer, 64), "char_rnn": (lstm, 50)}


def make(torch, name, examples):
    """The module of a name, with random inputs and labels for it."""
    build, shape = NETWORKS[name]
    if isinstance(shape, int):  # characters, each of which has the next one as its label
        return (build(torch), torch.randint(0, 65, (examples, shape)),
                torch.randint(0, 65, (examples, shape)))
    return build(torch), torch.rand(examples, *shape), torch.randint(0, 10, (examples,))
