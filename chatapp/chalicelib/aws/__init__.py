"""The only modules that call AWS, each operation behind the grant of the function that runs.
Owns wire formats, retries and errors of AWS; imports no subject and knows no table's meaning.
"""
