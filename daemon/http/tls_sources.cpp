// The compiled parts of Asio's TLS, once for the program; the rest of Asio is in cmake/boost_sources.cpp.
#include <boost/asio/ssl/impl/src.hpp>
