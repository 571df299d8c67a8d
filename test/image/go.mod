module github.com/vspread/vspread/test/image

go 1.26.0
