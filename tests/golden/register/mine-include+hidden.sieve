require "include";
include "deeper";
