"""Both sides compute the same: comparing their times would be meaningless otherwise."""

import numpy as np

TOLERANCE = 1e-4
STEPS, EXAMPLES = 10, 512


def worst_difference(ravine, torch, mnist):
    """Largest relative difference of losses over full-batch steps from constant weights."""
    worst = 0.0
    for name, rate in (("sgd", 0.1), ("adam", 0.01)):
        ours = ravine.train(f"mlp(data=mnist, hidden=16, activation=sigmoid, train={EXAMPLES})",
                            optimizer=name, learning_rate=rate, batch_size="full", steps=STEPS,
                            observe=f"even(count={STEPS})", init="constant(value=0.1)").objective
        theirs = torch.ask("losses", mnist=str(mnist), optimizer=name, rate=rate, steps=STEPS,
                           examples=EXAMPLES)
        worst = max(worst, float(np.max(np.abs(ours / np.array(theirs) - 1))))
    return worst
