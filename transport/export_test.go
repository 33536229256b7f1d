package transport

// AddressOf returns where a request comes from.
var AddressOf = (*Hub).addressOf
