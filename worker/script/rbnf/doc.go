// Package rbnf writes numbers in words by the rule-based number formats of
// CLDR (UTS #35, part 3, and ICU's RuleBasedNumberFormat).
//
// It knows what the rule sets for spelling out need: rules by base value with
// radix, negative and decimal rules, the substitutions << >> == with or without
// a rule set, text in brackets with its alternative, plurals by category and
// fractions by denominator. It differs from ICU in two points, both on purpose.
// Numbers are decimal digits, not floating point: "0.50" keeps its zero. And
// what a rule would write in digits is an error, because the caller wants words.
package rbnf
