"""Docker's storage that grows by itself: the program on the machine (`kiln-storage prepare | watch | grow | status`).

It runs there with the interpreter of the conda prefix (Python 3.8 or newer), as the package `kiln_storage`, and uses
the standard library; boto3 is imported by `grow` alone, a process that lives as long as one growth.
"""
