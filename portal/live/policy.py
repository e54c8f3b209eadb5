"""The markers that every event handler carries; they live on the access floor, where the outer gate reads them."""

from portal.access.policy import LONGEST_TEXT, anyone, handed_over, server_only, signed_in

__all__ = ["LONGEST_TEXT", "anyone", "handed_over", "server_only", "signed_in"]
