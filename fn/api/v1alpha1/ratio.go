// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"errors"
	"math/big"
	"strings"
)

// Ratio is a number such as 4 or 1.5, exact to three places.
// +kubebuilder:validation:Type=number
// +kubebuilder:validation:Minimum=0.1
// +kubebuilder:validation:Maximum=100
type Ratio struct{ thousandths int }

// NewRatio gives a number of thousandths.
func NewRatio(thousandths int) Ratio { return Ratio{thousandths} }

// Thousandths gives the ratio as a whole number: 1500 for 1.5.
func (r Ratio) Thousandths() int { return r.thousandths }

// String writes the ratio as a person does.
func (r Ratio) String() string {
	text := big.NewRat(int64(r.thousandths), 1000).FloatString(3)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// MarshalJSON writes a number.
func (r Ratio) MarshalJSON() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalJSON reads a number with at most three places.
func (r *Ratio) UnmarshalJSON(text []byte) error {
	const longest = 12 // so that no exponent makes a number of a million digits
	value, ok := new(big.Rat), len(text) <= longest && strings.Trim(string(text), "0123456789.") == ""
	if ok {
		_, ok = value.SetString(string(text))
	}
	value.Mul(value, big.NewRat(1000, 1))
	if !ok || !value.IsInt() {
		return errors.New("no number with at most three places")
	}
	r.thousandths = int(value.Num().Int64())
	return nil
}

// Expected says what a person has to write.
func (r *Ratio) Expected() string { return "a number like 1 or 1.5, with at most three places" }
