"""The page: template, style, scripts and the one library, in one file that needs no network."""

import json
import os
import pathlib

import jinja2
from markupsafe import Markup

from ..claims.judge import judge, scorecard
from ..errors import Misuse
from ..results.joining import join
from ..study.baseline import lines_of
from ..study.per_problem import comparable, study
from .content import suite_content

HERE = pathlib.Path(__file__).parent
SCRIPTS = ("data.js", "scales.js", "charts.js", "controls.js", "page.js")


def render(all_results, claims=None, refresh=None, baseline=None):
    """The HTML of the report on several result files.

    claims: {suite: [(verdict, id, sentence, evidence)]}. refresh: seconds after which the page
    loads itself again, for a suite that still runs. baseline: the name of the optimizer with which the
    others are compared, wherever it ran (study.baseline).
    """
    knows = [bool(baseline) and bool(lines_of(comparable(study(results)), baseline)) for results in all_results]
    if not any(knows):  # nobody has the name, which is refused with the names of the first file
        knows = [True] * len(knows)
    suites = [suite_content(results, (claims or {}).get(results.attributes.get("suite"), ()),
                            baseline if known else None)
              for results, known in zip(all_results, knows)]
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                                     trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("page.html").render(
        suites=suites, refresh=refresh, title=", ".join(suite["name"] for suite in suites),
        style=Markup(_text("style.css")), library=Markup(plotly_library()),
        scripts=Markup("\n".join(_text(name) for name in SCRIPTS)),
        model=_json([suite["model"] for suite in suites]))


def page_on(found, refresh=None, baseline=None, together=False):
    """The HTML of the report on Results with the verdicts on their claims; see `render`.

    together: compares all of them as one (results.joining.join). Claims are judged file by file even then.
    """
    claims = scorecard(judge(found))
    if together:
        found = [join(found)]
        claims = {found[0].attributes.get("suite"): [one for card in claims.values() for one in card]}
    return render(found, claims, refresh, baseline)


def replace(path, page):
    """Writes a page at once: a browser never gets half of it."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(page, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise Misuse(f"cannot write '{path}': {error.strerror}; choose another file with --output") from error


def plotly_library():
    """plotly.js, the bundle of basic charts (plotly-basic.md)."""
    return _text("plotly-basic.min.js").replace("</script", "<\\/script")


def _text(name):
    return (HERE / name).read_text(encoding="utf-8")


def _json(value):
    """JSON within a script element, which neither `</script>` nor `<!--<script>` in a text ends or opens."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", r"\u003c"))
