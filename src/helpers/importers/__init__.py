"""Raw exports of SIPRI, UN Comtrade, BACI and the Chinese customs in, clean tables out."""
