"""What is held about somebody, in the tables."""

from proxy.store.privacy import About

HOST = About(host="spam.example")
ADDRESS = About(addresses=frozenset({"192.0.2.7", "h:0123456789abcdef"}))


def test_a_label_is_about_the_host_of_its_url() -> None:
    for url in (
        "http://spam.example",
        "https://SPAM.example/x",
        "http://spam.example:8080/?q",
        "http://spam.example?q",
    ):
        assert HOST.of_sample({"url": url})
    for url in ("http://notspam.example/", "http://spam.example.org/", "http://x/spam.example", ""):
        assert not HOST.of_sample({"url": url})


def test_a_label_is_about_the_address_in_any_form() -> None:
    assert ADDRESS.of_sample({"ip": "192.0.2.7"})
    assert ADDRESS.of_sample({"ip": "h:0123456789abcdef"})
    assert not ADDRESS.of_sample({"ip": "192.0.2.70"})
    assert not ADDRESS.of_sample({})


def test_a_rule_names_them_to_the_letter() -> None:
    assert HOST.names('{"source_host": ["spam.example"]}')
    assert not HOST.names('{"source_host": ["notspam.example"]}')
