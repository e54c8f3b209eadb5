"""The address of every native form and every file that is downloaded, and who answers it."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import routes
from portal.access.gateway import went_wrong
from portal.pages.account import address_posted, password_posted, pin_posted
from portal.pages.export_file import export_fetched
from portal.pages.forgotten import forgotten_posted
from portal.pages.handed import hand_over_posted, taken_back_posted
from portal.pages.invited import invited_posted
from portal.pages.new_password import new_password_posted
from portal.pages.set_up import set_up_posted
from portal.pages.sign_in import sign_in_posted, sign_out_everywhere_posted, sign_out_posted


def posts() -> Starlette:
    """The application that answers posted forms and downloads; everything else goes through it to the pages."""
    return Starlette(
        routes=[
            Route(routes.SIGN_IN, sign_in_posted, methods=["POST"]),
            Route(routes.SIGN_OUT, sign_out_posted, methods=["POST"]),
            Route(routes.SIGN_OUT_EVERYWHERE, sign_out_everywhere_posted, methods=["POST"]),
            Route(routes.INVITED, invited_posted, methods=["POST"]),
            Route(routes.FORGOTTEN, forgotten_posted, methods=["POST"]),
            Route(routes.NEW_PASSWORD, new_password_posted, methods=["POST"]),
            Route(routes.SET_UP, set_up_posted, methods=["POST"]),
            Route(routes.ACCOUNT_PASSWORD, password_posted, methods=["POST"]),
            Route(routes.ACCOUNT_ADDRESS, address_posted, methods=["POST"]),
            Route(routes.ACCOUNT_PIN, pin_posted, methods=["POST"]),
            Route(routes.HAND_OVER, hand_over_posted, methods=["POST"]),
            Route(routes.TAKE_BACK, taken_back_posted, methods=["POST"]),
            Route(in_path(routes.EXPORT_FILE), export_fetched, methods=["GET"]),
            # No page stands here; whoever opens the address, after "back" or from a history, is led to the one with the form.
            Route(routes.SIGN_OUT, _to(routes.ENTRANCE), methods=["GET"]),
            Route(routes.SIGN_OUT_EVERYWHERE, _to(routes.ENTRANCE), methods=["GET"]),
            Route(routes.ACCOUNT_PASSWORD, _to(routes.ACCOUNT), methods=["GET"]),
            Route(routes.ACCOUNT_ADDRESS, _to(routes.ACCOUNT), methods=["GET"]),
            Route(routes.ACCOUNT_PIN, _to(routes.ACCOUNT), methods=["GET"]),
            Route(routes.HAND_OVER, _to(routes.ENTRANCE), methods=["GET"]),
            Route(routes.TAKE_BACK, _to(routes.HANDED), methods=["GET"]),
        ],
        exception_handlers={Exception: went_wrong},
    )


def in_path(page: str) -> str:
    """An address of routes.py as Starlette writes it: its parameters in braces."""
    return page.replace("[", "{").replace("]", "}")


def _to(page: str) -> Callable[[Request], Awaitable[Response]]:
    async def led(_request: Request) -> Response:
        return RedirectResponse(page, 303)

    return led
