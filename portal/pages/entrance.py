"""/: nothing of its own; whoever is signed in goes home, everybody else to the sign-in."""

import reflex as rx

from portal.design import bones, plain_frame, t


def entrance_page() -> rx.Component:
    """What is seen for the moment until the server has said where to go."""
    return plain_frame(t("One moment"), bones(1))
