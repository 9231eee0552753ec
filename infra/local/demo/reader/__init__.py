"""A second opinion on .sojourn/demo.json: `python -m infra.local.demo.reader`.

Shares no code with the product or the rest of the demo. From the input file and .sojourn/demo/ alone it recomputes
every figure that they determine, prints those that differ, and exits 1 if there are any.
"""
