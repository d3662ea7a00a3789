echo doc
