"""Any torch.optim.Optimizer as an optimizer of ravine, unchanged.

    import torch, ravine, ravine.torch
    ravine.train("mlp(data=glyphs)", ravine.torch.adapt(torch.optim.AdamW, lr=1e-3, weight_decay=0.1))

Its parameters share memory with ravine's vector, one tensor per block, with `.grad` set before each step; its
`state_dict` is part of checkpoints. The learning rate of the trial takes the place of `lr`, times the share that a
parameter group has of it.
"""

import hashlib
import inspect

import numpy as np
import torch

from .errors import Misuse
from .training.declaration import Field


def adapt(cls, *, lr=1e-3, closure=None, groups=None, name=None, search="log(1e-5, 1)", **kwargs):
    """The class of optimizers for ravine.train and ravine.run that wraps a torch.optim.Optimizer.

    kwargs go to its constructor; numbers among them are fields of the text (so that they may be tuned), others are
    fixed. closure: whether step() needs one; None looks for a step whose closure has no default (LBFGS).
    groups(blocks) gives its parameter groups, lists of blocks: [{"params": [...], "weight_decay": 0.1}, ...].
    """
    if not (inspect.isclass(cls) and issubclass(cls, torch.optim.Optimizer)):
        raise Misuse(f"{cls!r} is not a torch optimizer: give a class that derives from torch.optim.Optimizer")
    if closure is None:
        closure = _needs_closure(cls)
    # The wrapped rule keeps its attributes apart from those of the fields.
    members = {
        "__doc__": f"{cls.__module__}.{cls.__name__} of torch {torch.__version__}",
        "__module__": __name__,
        "__ravine_source__": _digest(cls, kwargs, groups, closure),
        "name": name or f"torch_{cls.__name__.lower()}",
        "citation": f"{cls.__module__}.{cls.__name__}",
        "learning_rate": (lr, search),
        "step": _step_with_closure if closure else _step,
        "wrapped": cls, "constants": {}, "numbers": [], "grouping": staticmethod(groups) if groups else None,
    }
    for key, value in kwargs.items():
        if isinstance(value, (int, float)):
            members[key] = Field(value, "", f"{key} of {cls.__name__}")
            members["numbers"].append(key)
        else:
            members["constants"][key] = value
    return type(cls.__name__, (_Adapted,), members)


class _Adapted:
    def prepare(self, theta, gradient, blocks):
        whole, self.gradient = torch.from_numpy(theta), torch.from_numpy(gradient)
        self.parameters = []
        for block in blocks:
            parameter = torch.nn.Parameter(whole[block.part].view(block.shape))
            parameter.grad = self.gradient[block.part].view(block.shape)
            self.parameters.append(parameter)
        self.theta, self.blocks = theta, blocks
        options = {**self.constants, **{key: getattr(self, key) for key in self.numbers}}
        self.inner = self.wrapped(self._groups(blocks), lr=self.learning_rate[0], **options)
        self.shares = [group["lr"] / self.learning_rate[0] if self.learning_rate[0] else 1.0
                       for group in self.inner.param_groups]

    def _groups(self, blocks):
        if self.grouping is None:
            return self.parameters
        of_block = dict(zip(map(id, blocks), self.parameters, strict=True))
        return [{**group, "params": [of_block[id(block)] for block in group["params"]]}
                for group in self.grouping(blocks)]

    def set_rate(self, info):
        for group, share in zip(self.inner.param_groups, self.shares, strict=True):
            group["lr"] = share * info.learning_rate
            for key in self.numbers:  # which may follow a schedule
                if key in group and len(self.shares) == 1:
                    group[key] = getattr(self, key)

    def point_gradients(self, gradient=None):
        """Sets .grad anew, which a rule may have replaced or removed."""
        if gradient is not None:
            self.gradient.copy_(torch.from_numpy(gradient))
        for parameter, block in zip(self.parameters, self.blocks, strict=True):
            if parameter.grad is None or parameter.grad.data_ptr() != self.gradient[block.part].data_ptr():
                parameter.grad = self.gradient[block.part].view(block.shape)

    def save_state(self):
        state = self.inner.state_dict()
        return _to_numpy({"state": state["state"],
                          "param_groups": [{k: v for k, v in group.items() if not callable(v)}
                                           for group in state["param_groups"]]})

    def load_state(self, state):
        self.inner.load_state_dict(_to_torch(state))


def _step(self, theta, gradient, state, info):
    self.set_rate(info)
    self.point_gradients()
    self.inner.step()


def _step_with_closure(self, theta, objective, state, info):
    self.set_rate(info)

    def closure():
        loss, gradient = objective(theta)
        self.point_gradients(gradient)
        return torch.tensor(loss, dtype=self.gradient.dtype)

    self.inner.step(closure)


def _needs_closure(cls):
    parameters = inspect.signature(getattr(cls.step, "__wrapped__", cls.step)).parameters
    return "closure" in parameters and parameters["closure"].default is inspect.Parameter.empty


def _digest(cls, kwargs, groups, closure):
    """Of the rule's source, torch's version and what its text does not say."""
    fixed = sorted((key, repr(value)) for key, value in kwargs.items() if not isinstance(value, (int, float)))
    digest = hashlib.sha256(repr((torch.__version__, closure, fixed)).encode())
    for one in (cls, groups):
        if one is not None:
            try:
                digest.update(inspect.getsource(one).encode())
            except (OSError, TypeError) as error:
                raise Misuse(f"the source of {one!r} cannot be read ({error}), and without it results of different "
                             "versions could not be told apart: define it in a file or a notebook") from error
    return digest.hexdigest()[:12]


def _to_numpy(value):
    if isinstance(value, torch.Tensor):
        return {"tensor": value.detach().cpu().numpy()}
    if isinstance(value, dict):
        return {"dict": {key: _to_numpy(item) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"list": [_to_numpy(item) for item in value], "is_tuple": isinstance(value, tuple)}
    return {"plain": value}


def _to_torch(value):
    if "tensor" in value:
        return torch.from_numpy(np.array(value["tensor"]))
    if "dict" in value:
        return {key: _to_torch(item) for key, item in value["dict"].items()}
    if "list" in value:
        items = [_to_torch(item) for item in value["list"]]
        return tuple(items) if value["is_tuple"] else items
    return value["plain"]
