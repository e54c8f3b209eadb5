"""What limits count a caller under."""

from collections.abc import Callable

import pytest

from portal.access.wire import address_of


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("not an address", "not an address"),
        ("", ""),
    ],
)
def test_one_network_is_one_caller(use: Callable[..., None], seen: str, counted: str) -> None:
    assert address_of({"headers": [], "client": (seen, 1)}) == counted
    use(trusted_proxy_hops=1)
    assert address_of({"headers": [(b"x-forwarded-for", f"203.0.113.9, {seen}".encode())], "client": ("127.0.0.1", 1)}) == counted
