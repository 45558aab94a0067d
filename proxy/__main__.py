"""`python -m proxy` is `pingwarden`."""

from proxy.commands import main

main()
