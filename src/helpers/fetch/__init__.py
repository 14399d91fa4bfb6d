"""Fresh data over the network: asked for slowly, one request at a time, kept as it came.

The modules here only save files; the importers read them. Nothing here runs unless an analyst
asks for it: notebooks, tests and builds never touch the network.

sipri
    The public backend of SIPRI's arms transfers web application. No key. Slow (half a minute a
    request is usual) and at times down. SIPRI allows non-commercial use of less than a tenth of
    the database, with attribution; the terms have to be accepted before the first call.
comtrade
    UN Comtrade through its official client, with the analyst's own free key. The data must not
    be passed on: what comes is for the analyst's own folder, never for a repository or handout.
"""
