"""A machine in plain Python beside which the engine is run: written from the kernel's rules, sharing nothing with it.

Objects and lists where the engine has words and tables, one module a subject. :mod:`.machine` puts
them together; :mod:`.beside` runs the two on the same operations and compares all there is to see.
"""
