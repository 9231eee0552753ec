"""Commands that need no cloud: compile journey files."""

from pathlib import Path

import click

from sojourn.asl.model import to_text
from sojourn.cli.checking import SHIPPED
from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.files import journey_files, load_file
from sojourn.journeys.load import JourneyRefusedError
from sojourn.journeys.model import Journey

COMPILED = Path(".sojourn/asl")
NAMED = Target(
    send_function_arn="${SendMessageFunctionArn}",
    park_function_arn="${ParkTokenFunctionArn}",
    step_function_arn="${TakeStepFunctionArn}",
    call_function_arn="${CallOutFunctionArn}",
)


@click.command("compile")
@click.argument("file", type=click.Path(path_type=Path))
def compile_command(file: Path) -> None:
    """Print the Amazon States Language of a journey file."""
    click.echo(asl_of(loaded(file)), nl=False)


@click.command("asl")
@click.option("--check", is_flag=True, help="Compile, but write nothing.")
def asl_command(check: bool) -> None:
    """Compile every journey of this repository into .sojourn/asl/."""
    for path in journey_files([SHIPPED]):
        journey = loaded(path)
        text = asl_of(journey)
        if not check:
            COMPILED.mkdir(parents=True, exist_ok=True)
            (COMPILED / f"{journey.name}.asl.json").write_text(text, encoding="utf-8")
        click.echo(f"{path}: {'sound' if check else COMPILED / f'{journey.name}.asl.json'}")


def loaded(path: Path) -> Journey:
    """The journey of a file; every error in it ends the command."""
    try:
        return load_file(path)
    except JourneyRefusedError as refused:
        raise click.ClickException(str(refused)) from None


def asl_of(journey: Journey) -> str:
    """The machine, with the names of the functions where their ARNs will stand."""
    text = to_text(compile_journey(journey, version=1, target=NAMED))
    return text if text.endswith("\n") else f"{text}\n"
