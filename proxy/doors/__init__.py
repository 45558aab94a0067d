"""The public listener: every request comes in here, is read where it could hold a linkback, or goes on untouched.

front   which site, which door; reads the body only where a linkback could hide
calls   XML-RPC: a single ping, a multicall member by member, or a call that goes on as it came
forms   trackbacks, and forms that turn out to be none
logins  calls with passwords: watched for guessing
visit   what one request brings along
behind  whom the doors ask: where linkbacks are handed in and counted
"""

from proxy.doors.behind import Behind
from proxy.doors.front import FrontDoor

__all__ = ["Behind", "FrontDoor"]
