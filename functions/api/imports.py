"""Views of imports: where to put a file, a first look at it, ask for it, how it stands, and what was wrong."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.routing import route

imports = Blueprint(__name__)


@route(imports, "/api/uploads", "POST")
def begin_upload(request: Request) -> Response:
    """Where to PUT a file for an hour. With its `sha256`, a file that lies there already need not come again."""
    from functions.api import importing

    return importing.begin_upload(request)


@route(imports, "/api/uploads/{name}", "PUT")
def upload_file(request: Request, name: str) -> Response:
    """A small file as it is, for whoever cannot PUT to the address: a page without scripts."""
    from functions.api import importing

    return importing.upload_file(request, name)


@route(imports, "/api/imports/preview", "POST")
def preview_import(request: Request) -> dict[str, Any]:
    """How the file is read, what its columns would become, and what its first rows would write."""
    from functions.api import importing

    return importing.preview_import(request)


@route(imports, "/api/imports", "POST")
def begin_import(request: Request) -> Response:
    """Import a file; the same file, asked for in the same way, is one import, which goes on where it stood."""
    from functions.api import importing

    return importing.begin_import(request)


@route(imports, "/api/imports")
def list_imports(request: Request) -> dict[str, Any]:
    """Every import and dry run, by id."""
    from functions.api import importing

    return importing.list_imports(request)


@route(imports, "/api/imports/{id}")
def show_import(request: Request, id: str) -> dict[str, Any]:  # noqa: A002  the path's own word
    """How an import stands."""
    from functions.api import importing

    return importing.show_import(request, id)


@route(imports, "/api/imports/{id}/resume", "POST")
def resume_import(request: Request, id: str) -> Response:  # noqa: A002
    """Do what is left of an import that was interrupted or is incomplete."""
    from functions.api import importing

    return importing.resume_import(request, id)


@route(imports, "/api/imports/{id}/errors")
def show_errors(request: Request, id: str) -> dict[str, Any]:  # noqa: A002
    """Where the table of all faults can be fetched, for an hour."""
    from functions.api import importing

    return importing.show_errors(request, id)
