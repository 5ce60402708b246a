"""docs/operate.md says what the code does."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPERATE = (ROOT / "docs" / "operate.md").read_text()
ELSEWHERE = {"WEB_CONCURRENCY"}  # read by `manage.py serve`


def settings_read():
    """The environment variables that coalition/settings.py asks for."""
    tree = ast.parse((ROOT / "coalition" / "settings.py").read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
    }


def test_every_setting_is_in_the_table_and_nothing_else_is():
    table = OPERATE.partition("## Settings")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))

    assert documented == settings_read() | ELSEWHERE


def test_the_settings_production_needs_are_marked():
    source = (ROOT / "coalition" / "settings.py").read_text()
    required = re.findall(r'"([A-Z_]+)": \1', source)

    assert required
    for name in required:
        assert re.search(rf"^\| `{name}` \|.*\*Required in production", OPERATE, re.MULTILINE), name


def test_every_command_it_names_exists():
    commands = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    django = {"check", "collectstatic", "dbshell", "migrate"}
    named = set(re.findall(r"(?:manage\.py|^coalition) ([a-z_]+)", OPERATE, re.MULTILINE))

    assert named <= commands | django


def test_its_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", OPERATE):
        assert (ROOT / "docs" / target).exists(), target
