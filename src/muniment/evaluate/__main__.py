"""`python -m muniment.evaluate TASK DATA…`: the same as `muniment eval TASK DATA…`."""

import typer

from muniment.evaluate.command import evaluate

if __name__ == "__main__":
    typer.run(evaluate)
