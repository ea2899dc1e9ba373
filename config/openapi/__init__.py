"""The API's OpenAPI 3.1 document, written from the code: routes, handlers, bodies and answers."""
