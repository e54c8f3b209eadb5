"""The address of every native form, and who answers it."""

from starlette.applications import Starlette
from starlette.routing import Route

from portal import routes
from portal.pages.account import address_posted, password_posted
from portal.pages.forgotten import forgotten_posted
from portal.pages.invited import invited_posted
from portal.pages.new_password import new_password_posted
from portal.pages.set_up import set_up_posted
from portal.pages.sign_in import sign_in_posted, sign_out_everywhere_posted, sign_out_posted


def posts() -> Starlette:
    """The application that answers posted forms; everything else goes through it to the pages."""
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
        ]
    )
