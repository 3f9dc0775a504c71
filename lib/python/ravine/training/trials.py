"""One trial, trained in this process by the loop that trains all trials."""

import os

from .engine import engine
from .optimizers import catalogs_with
from .optimizers import optimizer as as_optimizer
from .own_problems import describe_problem
from .problems import Problem
from .results import Result, Stopped


def train(problem, optimizer="sgd", *, precision=None, data_dir="", threads=1, checkpoint=None, callback=None,
          **fields):
    """Trains one trial and returns its Result.

    problem: a text such as "mlp(data=glyphs)", a class of one's own, or a ravine.problem. optimizer: a text such as "adamw(beta2=0.95)", a
    class of one's own, or a ravine.optimizer. The other fields are those of every trial, under the names that result
    files have: learning_rate, seed, steps or epochs, batch_size, schedule, initializer, averaging, observe, target,
    ...; what is left out is the problem's own, or that of any trial.

    callback(step, row) hears of every observation. Ctrl-C raises Stopped, a KeyboardInterrupt with the result so far;
    with checkpoint="x.checkpoint" the next call continues there, with the same bits.

    Raises Misuse, with the sentence of the command line, for what cannot be trained, and whatever a class of one's
    own raises.
    """
    if isinstance(problem, Problem):
        fields = {**problem.fields, **fields}
        data_dir = data_dir or problem.data_dir
        precision = precision or problem.precision
        description = problem.description
    else:
        description = None if isinstance(problem, str) else describe_problem(problem)
        fields["problem"] = description.name if description else problem
    precision = precision or getattr(optimizer, "precision", "float")
    chosen = as_optimizer(optimizer, precision=precision)
    catalogs = catalogs_with(chosen.descriptions, precision, description) if description else chosen.catalogs
    answer = engine(precision).train(catalogs, {**fields, "optimizer": chosen.text}, os.fspath(data_dir), threads,
                                     os.fspath(checkpoint) if checkpoint else "", callback)
    finished = answer.pop("finished")
    for name in ("curve", "tables", "blocks"):
        answer[f"raw_{name}"] = answer.pop(name)
    result = Result(**answer)
    if not finished:
        raise Stopped(result)
    return result
