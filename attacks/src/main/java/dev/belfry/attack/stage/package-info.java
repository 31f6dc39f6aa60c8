/**
 * Where an attack takes place: the server as a process, the connections of strangers, and the honest clients beside them whose
 * latency says whether the attack matters.
 */
@NullMarked
package dev.belfry.attack.stage;

import org.jspecify.annotations.NullMarked;
