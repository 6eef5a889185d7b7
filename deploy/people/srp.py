"""A sign-in by Cognito's Secure Remote Password protocol (RFC 5054, with Cognito's own key derivation).

The app client allows nothing else, so whoever proves a deployment by a real question must speak it. The site uses
Amplify's implementation; this one is for scripts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Any

# The 3072-bit group of RFC 5054, appendix A; Cognito uses the generator 2 with it.
N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
INFO = b"Caldera Derived Key\x01"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def sign_in(cognito: Any, pool_id: str, client_id: str, email: str, password: str) -> str:
    """Sign in and return the ID token. Raises botocore's NotAuthorizedException for a wrong password."""
    private = secrets.randbelow(N)
    public = pow(G, private, N)
    begun = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": email, "SRP_A": f"{public:x}"},
    )
    answer = _answer(pool_id, password, private, begun["ChallengeParameters"])
    done = cognito.respond_to_auth_challenge(
        ClientId=client_id, ChallengeName=begun["ChallengeName"], ChallengeResponses=answer
    )
    return str(done["AuthenticationResult"]["IdToken"])


def _answer(pool_id: str, password: str, private: int, challenge: dict[str, str]) -> dict[str, str]:
    """Prove the password without sending it: sign the challenge with the key that both sides derive."""
    user, pool_name = challenge["USER_ID_FOR_SRP"], pool_id.split("_", 1)[1]
    server = int(challenge["SRP_B"], 16)
    scramble = hashed(padded(pow(G, private, N)), padded(server))
    inner = hashlib.sha256(f"{pool_name}{user}:{password}".encode()).digest()
    secret = hashed(padded(int(challenge["SALT"], 16)), inner)
    multiplier = hashed(padded(N), padded(G))
    shared = pow(server - multiplier * pow(G, secret, N), private + scramble * secret, N)
    key = hmac_of(hmac_of(padded(scramble), padded(shared)), INFO)[:16]
    block, timestamp = challenge["SECRET_BLOCK"], _timestamp(datetime.now(UTC))
    signed = pool_name.encode() + user.encode() + base64.b64decode(block) + timestamp.encode()
    return {
        "USERNAME": user,
        "PASSWORD_CLAIM_SECRET_BLOCK": block,
        "TIMESTAMP": timestamp,
        "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac_of(key, signed)).decode(),
    }


def _timestamp(now: datetime) -> str:
    """As Cognito reads it: English names whatever the locale, and the day without a leading zero."""
    day, month = _DAYS[now.weekday()], _MONTHS[now.month - 1]
    return f"{day} {month} {now.day} {now:%H:%M:%S} UTC {now.year}"


def padded(number: int) -> bytes:
    """Big-endian, with a zero byte in front where the highest bit is set, as Cognito hashes its numbers."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


def hmac_of(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
