<?php
/* The sources of the tests stand in the same network: WordPress would not fetch from there. */
add_filter('http_request_host_is_external', '__return_true');
