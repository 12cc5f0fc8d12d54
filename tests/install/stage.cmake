# Installs BUILD, then moves what was installed to STAGE/moved.
file(REMOVE_RECURSE ${STAGE})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${STAGE}/installed COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${STAGE}/installed ${STAGE}/moved)
