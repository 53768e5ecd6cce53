#include <iconv.h>
#include <libxml/xmlversion.h>

// Where libxml2 was built with ICU its headers bring ICU's along, which contradict those within Foundation. Nothing of what
// is used here depends on them.
#undef LIBXML_ICU_ENABLED

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
