"""ISO 4217: the currencies people pay with, and how many decimal digits each has.

Source: ISO 4217 list one (SIX Interbank Clearing). Metals, bond units and accounting funds are left out.
Exponents are ISO's, which payment providers use; CLDR shows fewer digits for some (RSD, LBP, MGA …).
"""

__all__ = ["CURRENCIES", "exponent"]

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()
)

_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


def exponent(currency: str) -> int:
    """Return the number of decimal digits of ``currency``: XAF 0, NGN 2, TND 3.

    Raises:
        ValueError: not an ISO 4217 code in capitals that people pay with.
    """
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not a currency code of ISO 4217.")
    return _EXPONENTS.get(currency, 2)
