// FieldsTests
