package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// units are those that news speak of, by their names in CLDR.
var units = strings.Fields(`
	length-kilometer length-meter length-centimeter length-millimeter
	length-mile length-yard length-foot length-inch length-nautical-mile length-light-year
	area-square-kilometer area-hectare area-square-meter area-square-mile area-acre
	mass-tonne mass-kilogram mass-gram mass-milligram mass-pound mass-ounce
	volume-cubic-meter volume-cubic-centimeter volume-liter volume-milliliter volume-barrel volume-gallon
	speed-kilometer-per-hour speed-meter-per-second speed-mile-per-hour speed-knot
	temperature-celsius temperature-fahrenheit temperature-generic
	power-gigawatt power-megawatt power-kilowatt power-watt power-horsepower
	energy-kilowatt-hour energy-kilocalorie energy-calorie electric-volt
	pressure-hectopascal pressure-millibar pressure-millimeter-ofhg
	digital-terabyte digital-gigabyte digital-megabyte digital-kilobyte
	frequency-gigahertz frequency-megahertz frequency-hertz
	duration-year duration-month duration-week duration-day
	duration-hour duration-minute duration-second
	concentr-percent concentr-permille concentr-karat angle-degree`)

// currencies are those of the countries whose news are read most.
var currencies = strings.Fields(`
	USD EUR GBP UAH RUB PLN CHF JPY CNY CZK HUF SEK NOK DKK TRY INR BRL CAD AUD KRW ILS
	RON BGN BYN KZT GEL MDL`)

var (
	plurals = append(slices.Clone(categories), "other")
	cases   = strings.Fields("genitive dative accusative instrumental locative")
)

// units copies the names of units: a row for each plural category, with the cases where a language has them:
// "kilometer long few: кілометри; genitive кілометрів; =".
func (c copier) units(tag string) error {
	var file struct {
		Main map[string]struct {
			Units map[string]map[string]json.RawMessage
		}
	}
	if err := c.read("cldr-units-full", "main/"+tag+"/units.json", &file); err != nil {
		return err
	}
	kilometer, err := texts(file.Main[tag].Units["long"]["length-kilometer"])
	if err != nil {
		return err
	}
	inflected := len(formsOf(kilometer, "one"))
	var out bytes.Buffer
	for _, unit := range units {
		_, name, _ := strings.Cut(unit, "-")
		long, err := texts(file.Main[tag].Units["long"][unit])
		if err != nil {
			return err
		}
		unitRows(&out, name+" long", long, inflected)
		short, err := texts(file.Main[tag].Units["short"][unit])
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%s short other: %s\n", name, bare(short["unitPattern-count-other"]))
	}
	return c.write(tag, "cldr-units.txt", &out)
}

func texts(raw json.RawMessage) (map[string]string, error) {
	all := map[string]string{}
	if raw == nil {
		return all, nil
	}
	return all, json.Unmarshal(raw, &all)
}

// unitRows leaves out what follows from the rest: "; =" says that the cases that
// are not named are as the nominative, "; few" that they are those of few, with
// the accusative as the nominative.
func unitRows(out *bytes.Buffer, name string, forms map[string]string, inflected int) {
	few := formsOf(forms, "few")
	for _, plural := range plurals {
		all := formsOf(forms, plural)
		if all[""] == "" {
			continue
		}
		fmt.Fprintf(out, "%s %s: %s", name, plural, all[""])
		missing, end := follows(plural, all, few, inflected)
		for _, grammatical := range cases {
			form := all[grammatical]
			if form != "" && (missing == nil || form != missing[grammatical]) {
				fmt.Fprintf(out, "; %s %s", grammatical, form)
			}
		}
		out.WriteString(end + "\n")
	}
}

// follows returns the forms that need not be written, and what is written for
// them. A row that has not all cases of the language is written as it is.
func follows(plural string, all, few map[string]string, inflected int) (missing map[string]string, end string) {
	if len(all) < inflected || inflected == 1 {
		return nil, ""
	}
	if plural == "many" && len(few) == inflected {
		missing = maps.Clone(few)
		missing["accusative"] = all[""]
		return missing, "; few"
	}
	missing = map[string]string{}
	for _, grammatical := range cases {
		missing[grammatical] = all[""]
	}
	return missing, "; ="
}

// formsOf returns the forms of a plural category by case, "" is the nominative.
// The locative of Russian is called prepositional in places.
func formsOf(patterns map[string]string, plural string) map[string]string {
	forms := map[string]string{}
	add := func(grammatical, pattern string) {
		if form := bare(patterns[pattern+"-count-"+plural]); form != "" {
			forms[grammatical] = form
		}
	}
	add("", "unitPattern")
	add("locative", "prepositional")
	for _, grammatical := range cases {
		add(grammatical, grammatical)
	}
	return forms
}

// bare returns a pattern without the place of the number.
func bare(pattern string) string {
	pattern = strings.NewReplacer("{0}", "", "\u00a0", " ", "\u202f", " ", "\u00ad", "", "\u02bc", "'").Replace(pattern)
	return strings.TrimSpace(pattern)
}

// currencies copies the names of currencies by plural category.
func (c copier) currencies(tag string) error {
	var file struct {
		Main map[string]struct {
			Numbers struct {
				Currencies map[string]map[string]string
			}
		}
	}
	if err := c.read("cldr-numbers-full", "main/"+tag+"/currencies.json", &file); err != nil {
		return err
	}
	var out bytes.Buffer
	for _, code := range currencies {
		forms := file.Main[tag].Numbers.Currencies[code]
		for _, plural := range plurals {
			if name := bare(forms["displayName-count-"+plural]); name != "" {
				fmt.Fprintf(&out, "%s long %s: %s\n", code, plural, name)
			}
		}
		symbol := forms["symbol-alt-narrow"]
		if symbol == "" {
			symbol = forms["symbol"]
		}
		if symbol != "" {
			fmt.Fprintf(&out, "%s short other: %s\n", code, bare(symbol))
		}
	}
	return c.write(tag, "cldr-currencies.txt", &out)
}
