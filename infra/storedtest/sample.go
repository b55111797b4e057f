package storedtest

import (
	"fmt"
	"reflect"
	"time"
)

// Moment is the time in samples.
var Moment = time.Date(2026, 11, 23, 17, 4, 5, 6e6, time.UTC)

// Fill sets every field of what pointer points to that stands in its JSON, so that a
// golden file has all of them. Lists get one element, texts the word text.
func Fill(pointer any) { fill(reflect.ValueOf(pointer).Elem()) }

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		fillStruct(v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		fillMap(v)
	default:
		fillScalar(v)
	}
}

func fillStruct(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(Moment))
		return
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
			fill(v.Field(i))
		}
	}
}

func fillMap(v reflect.Value) {
	key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
	fill(key)
	fill(value)
	v.Set(reflect.MakeMap(v.Type()))
	v.SetMapIndex(key, value)
}

func fillScalar(v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString("text")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(3)
	case v.CanUint():
		v.SetUint(5)
	case v.CanFloat():
		v.SetFloat(.5)
	}
}

// differences returns the paths of the fields in which two values of one type differ,
// those that do not stand in the JSON left out.
func differences(got, want any) []string {
	a, b := reflect.ValueOf(got), reflect.ValueOf(want)
	if a.Type() != b.Type() {
		return []string{fmt.Sprintf(" (it is a %s, not a %s)", a.Type(), b.Type())}
	}
	return differ("", a, b)
}

func differ(path string, got, want reflect.Value) (paths []string) {
	switch {
	case got.Kind() == reflect.Pointer && !got.IsNil() && !want.IsNil():
		return differ(path, got.Elem(), want.Elem())
	case got.Kind() == reflect.Slice && got.Len() == want.Len(), got.Kind() == reflect.Array:
		for i := range got.Len() {
			paths = append(paths, differ(path, got.Index(i), want.Index(i))...)
		}
		return paths
	case got.Kind() != reflect.Struct || got.Type() == reflect.TypeFor[time.Time]():
		if !same(got, want) {
			paths = append(paths, path)
		}
		return paths
	}
	for i := range got.NumField() {
		if f := got.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
			paths = append(paths, differ(path+"."+f.Name, got.Field(i), want.Field(i))...)
		}
	}
	return paths
}

func same(got, want reflect.Value) bool {
	if at, isTime := got.Interface().(time.Time); isTime {
		return at.Equal(want.Interface().(time.Time))
	}
	return reflect.DeepEqual(got.Interface(), want.Interface())
}
