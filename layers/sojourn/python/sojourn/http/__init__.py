"""HTTP behind API Gateway: the shim under Chalice, problems, bodies, keys, CORS.

app = Chalice("collect")
handler = lambda_handler(app, cors=Cors(headers=("authorization",)))
"""

from sojourn.http.cors import Cors
from sojourn.http.problems import problem
from sojourn.http.shim import is_head, lambda_handler

__all__ = ["Cors", "is_head", "lambda_handler", "problem"]
