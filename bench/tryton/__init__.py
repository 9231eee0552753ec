"""CPU of an executed step, beside Tryton's marketing_automation; see compare.py."""
