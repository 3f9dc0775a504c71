"""As `_engine`, in double precision."""

from ._engine import *
