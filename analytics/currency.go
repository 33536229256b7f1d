package analytics

import "strings"

// Currencies by their number of minor digits, from the ISO 4217 list of active
// codes (funds, metals and test codes left out). All that are not named in the
// other tables have two.
const (
	noDigits    = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
	threeDigits = "BHD IQD JOD KWD LYD OMR TND"
	twoDigits   = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD " +
		"CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
		"HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
		"MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB " +
		"SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD " +
		"UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

var currencyDigits = func() map[string]int {
	table := map[string]int{}
	for digits, codes := range map[int]string{0: noDigits, 2: twoDigits, 3: threeDigits} {
		for _, code := range strings.Fields(codes) {
			table[code] = digits
		}
	}
	return table
}()

// KnownCurrency reports whether code is an active ISO 4217 currency.
func KnownCurrency(code string) bool {
	_, ok := currencyDigits[code]
	return ok
}

// CurrencyDigits returns the number of minor digits of a currency, 2 for an
// unknown one.
func CurrencyDigits(code string) int {
	if digits, ok := currencyDigits[code]; ok {
		return digits
	}
	return 2
}
