"""An address that leads nowhere: the same words as for a thing that is not one's own."""

import reflex as rx

from portal import routes
from portal.design import link_to, plain_frame, t


def not_found_page() -> rx.Component:
    """Nothing is here, and the way back."""
    return plain_frame(
        t("There is nothing here"),
        rx.el.p(t("We could not find that. It may have been moved or closed.")),
        rx.el.p(link_to(t("To the start"), routes.HOME, "secondary")),
    )
